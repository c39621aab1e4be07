# SPDX-License-Identifier: ISC
check_LIBRARIES += libchangeworld.a
libchangeworld_a_SOURCES = t/unit/change/change_fixture.c \
	t/unit/change/change_fixture.h

CHANGE_TEST_LIBS = libchangeworld.a $(CHANGE_LIBS) $(CMOCKA_LIBS)

# The fault matrix has libraries of its own, with fault points.
check_LIBRARIES += libchange_faults.a
libchange_faults_a_SOURCES = $(libchange_a_SOURCES)
libchange_faults_a_CPPFLAGS = $(AM_CPPFLAGS) -UCCM_FAULTS -DCCM_FAULTS

UNIT_TESTS += t/unit/change/account_test t/unit/change/change_apply_test \
	t/unit/change/change_fault_test t/unit/change/change_full_test \
	t/unit/change/change_property_test t/unit/change/change_run_test \
	t/unit/change/change_swap_test t/unit/change/compare_ahead_test \
	t/unit/change/diff_test t/unit/change/guard_test t/unit/change/history_test \
	t/unit/change/journal_test t/unit/change/preview_json_test \
	t/unit/change/preview_test t/unit/change/service_test

t_unit_change_account_test_SOURCES = t/unit/change/account_test.c $(SCRATCH)
t_unit_change_account_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_account_test_LDADD = $(CHANGE_LIBS) $(CMOCKA_LIBS)

t_unit_change_change_apply_test_SOURCES = t/unit/change/change_apply_test.c
t_unit_change_change_apply_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_change_apply_test_LDADD = $(CHANGE_TEST_LIBS)

t_unit_change_change_fault_test_SOURCES = t/unit/change/change_fault_test.c \
	t/unit/change/change_scenario.c t/unit/change/change_scenario.h
t_unit_change_change_fault_test_LDADD = libchangeworld.a libchange_faults.a \
	libcommand.a libplan.a $(CONFIG_LIBS)

t_unit_change_change_full_test_SOURCES = t/unit/change/change_full_test.c
t_unit_change_change_full_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_change_full_test_LDADD = $(CHANGE_TEST_LIBS)

t_unit_change_change_property_test_SOURCES = \
	t/unit/change/change_property_test.c
t_unit_change_change_property_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_change_property_test_LDADD = $(CHANGE_TEST_LIBS)

t_unit_change_change_run_test_SOURCES = t/unit/change/change_run_test.c
t_unit_change_change_run_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_change_run_test_LDADD = $(CHANGE_TEST_LIBS)

t_unit_change_change_swap_test_SOURCES = t/unit/change/change_swap_test.c
t_unit_change_change_swap_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_change_swap_test_LDADD = $(CHANGE_TEST_LIBS)

t_unit_change_compare_ahead_test_SOURCES = t/unit/change/compare_ahead_test.c
t_unit_change_compare_ahead_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_compare_ahead_test_LDADD = $(CHANGE_TEST_LIBS)

t_unit_change_diff_test_SOURCES = t/unit/change/diff_test.c $(SCRATCH)
t_unit_change_diff_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_diff_test_LDADD = $(CHANGE_LIBS) $(CMOCKA_LIBS)

t_unit_change_guard_test_SOURCES = t/unit/change/guard_test.c
t_unit_change_guard_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_guard_test_LDADD = $(CHANGE_LIBS) $(CMOCKA_LIBS)

t_unit_change_history_test_SOURCES = t/unit/change/history_test.c $(SCRATCH)
t_unit_change_history_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_history_test_LDADD = $(CHANGE_LIBS) $(CMOCKA_LIBS)

t_unit_change_journal_test_SOURCES = t/unit/change/journal_test.c
t_unit_change_journal_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_journal_test_LDADD = $(CHANGE_TEST_LIBS)

t_unit_change_preview_json_test_SOURCES = t/unit/change/preview_json_test.c \
	t/unit/change/preview_sample.c t/unit/change/preview_sample.h
t_unit_change_preview_json_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_preview_json_test_LDADD = $(CHANGE_LIBS) $(CMOCKA_LIBS)

t_unit_change_preview_test_SOURCES = t/unit/change/preview_test.c \
	t/unit/change/preview_sample.c t/unit/change/preview_sample.h $(SCRATCH)
t_unit_change_preview_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_preview_test_LDADD = $(CHANGE_LIBS) $(CMOCKA_LIBS)

t_unit_change_service_test_SOURCES = t/unit/change/service_test.c $(SCRATCH)
t_unit_change_service_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_service_test_LDADD = $(CHANGE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/change/protect_test
t_unit_change_protect_test_SOURCES = t/unit/change/protect_test.c
t_unit_change_protect_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_protect_test_LDADD = $(CHANGE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/change/change_command_test
t_unit_change_change_command_test_SOURCES = t/unit/change/change_command_test.c
t_unit_change_change_command_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_change_command_test_LDADD = $(CHANGE_TEST_LIBS)
