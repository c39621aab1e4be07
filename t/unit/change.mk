# SPDX-License-Identifier: ISC
check_LIBRARIES += libchangeworld.a
libchangeworld_a_SOURCES = t/unit/change_world.c t/unit/change_world.h

CHANGE_TEST_LIBS = libchangeworld.a libchange.a $(BASE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/change_apply_test
t_unit_change_apply_test_SOURCES = t/unit/change_apply_test.c
t_unit_change_apply_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_apply_test_LDADD = $(CHANGE_TEST_LIBS)
