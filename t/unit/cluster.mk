# SPDX-License-Identifier: ISC
UNIT_TESTS += t/unit/loop_test
t_unit_loop_test_SOURCES = t/unit/loop_test.c
t_unit_loop_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_loop_test_LDADD = $(CLUSTER_LIBS) $(CMOCKA_LIBS)
