# SPDX-License-Identifier: ISC
UNIT_TESTS += t/unit/plan/plan_test

t_unit_plan_plan_test_SOURCES = t/unit/plan/plan_test.c
t_unit_plan_plan_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_plan_plan_test_LDADD = $(CHANGE_TEST_LIBS)
