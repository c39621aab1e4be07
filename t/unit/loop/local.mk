# SPDX-License-Identifier: ISC
UNIT_TESTS += t/unit/loop/child_test t/unit/loop/loop_test \
	t/unit/loop/notify_test

t_unit_loop_child_test_SOURCES = t/unit/loop/child_test.c
t_unit_loop_child_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_loop_child_test_LDADD = $(LOOP_LIBS) $(CMOCKA_LIBS)

t_unit_loop_loop_test_SOURCES = t/unit/loop/loop_test.c
t_unit_loop_loop_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_loop_loop_test_LDADD = $(LOOP_LIBS) $(CMOCKA_LIBS)

t_unit_loop_notify_test_SOURCES = t/unit/loop/notify_test.c
t_unit_loop_notify_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_loop_notify_test_LDADD = $(LOOP_LIBS) $(CMOCKA_LIBS)
