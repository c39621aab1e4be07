# SPDX-License-Identifier: ISC
check_LIBRARIES += libchangeworld.a
libchangeworld_a_SOURCES = t/unit/change_world.c t/unit/change_world.h

CHANGE_TEST_LIBS = libchangeworld.a libchange.a $(BASE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/change_apply_test
t_unit_change_apply_test_SOURCES = t/unit/change_apply_test.c
t_unit_change_apply_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_apply_test_LDADD = $(CHANGE_TEST_LIBS)

UNIT_TESTS += t/unit/compare_ahead_test
t_unit_compare_ahead_test_SOURCES = t/unit/compare_ahead_test.c
t_unit_compare_ahead_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_compare_ahead_test_LDADD = $(CHANGE_TEST_LIBS)

# What the engine stands on.
UNIT_TESTS += t/unit/account_test t/unit/command_end_test \
	t/unit/command_test t/unit/diff_test \
	t/unit/guard_test t/unit/history_test t/unit/preview_json_test \
	t/unit/preview_test \
	t/unit/service_test
SCRATCH = t/unit/scratch.c t/unit/scratch.h

t_unit_account_test_SOURCES = t/unit/account_test.c $(SCRATCH)
t_unit_account_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_account_test_LDADD = $(CHANGE_LIBS) $(CMOCKA_LIBS)
t_unit_command_test_SOURCES = t/unit/command_test.c $(SCRATCH)
t_unit_command_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_command_test_LDADD = $(CHANGE_LIBS) $(CMOCKA_LIBS)
t_unit_command_end_test_SOURCES = t/unit/command_end_test.c $(SCRATCH)
t_unit_command_end_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_command_end_test_LDADD = $(CHANGE_LIBS) $(CMOCKA_LIBS)
t_unit_diff_test_SOURCES = t/unit/diff_test.c $(SCRATCH)
t_unit_diff_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_diff_test_LDADD = $(CHANGE_LIBS) $(CMOCKA_LIBS)
t_unit_guard_test_SOURCES = t/unit/guard_test.c
t_unit_guard_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_guard_test_LDADD = $(CHANGE_LIBS) $(CMOCKA_LIBS)
t_unit_history_test_SOURCES = t/unit/history_test.c $(SCRATCH)
t_unit_history_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_history_test_LDADD = $(CHANGE_LIBS) $(CMOCKA_LIBS)
t_unit_preview_json_test_SOURCES = t/unit/preview_json_test.c \
	t/unit/preview_sample.c t/unit/preview_sample.h
t_unit_preview_json_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_preview_json_test_LDADD = $(CHANGE_LIBS) $(CMOCKA_LIBS)
t_unit_preview_test_SOURCES = t/unit/preview_test.c \
	t/unit/preview_sample.c t/unit/preview_sample.h $(SCRATCH)
t_unit_preview_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_preview_test_LDADD = $(CHANGE_LIBS) $(CMOCKA_LIBS)
t_unit_service_test_SOURCES = t/unit/service_test.c $(SCRATCH)
t_unit_service_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_service_test_LDADD = $(CHANGE_LIBS) $(CMOCKA_LIBS)

# The fault matrix has a library of its own, with fault points.
check_LIBRARIES += libchange_faults.a
libchange_faults_a_SOURCES = $(libchange_a_SOURCES)
libchange_faults_a_CPPFLAGS = $(AM_CPPFLAGS) -UCCM_FAULTS -DCCM_FAULTS
UNIT_TESTS += t/unit/change_fault_test
t_unit_change_fault_test_SOURCES = t/unit/change_fault_test.c \
	t/unit/change_scenario.c t/unit/change_scenario.h
t_unit_change_fault_test_LDADD = libchangeworld.a libchange_faults.a \
	$(BASE_LIBS)
UNIT_TESTS += t/unit/change_plan_test
t_unit_change_plan_test_SOURCES = t/unit/change_plan_test.c
t_unit_change_plan_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_plan_test_LDADD = $(CHANGE_TEST_LIBS)
UNIT_TESTS += t/unit/change_run_test
t_unit_change_run_test_SOURCES = t/unit/change_run_test.c
t_unit_change_run_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_run_test_LDADD = $(CHANGE_TEST_LIBS)
UNIT_TESTS += t/unit/change_property_test
t_unit_change_property_test_SOURCES = t/unit/change_property_test.c
t_unit_change_property_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_property_test_LDADD = $(CHANGE_TEST_LIBS)
UNIT_TESTS += t/unit/change_swap_test
t_unit_change_swap_test_SOURCES = t/unit/change_swap_test.c
t_unit_change_swap_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_swap_test_LDADD = $(CHANGE_TEST_LIBS)
UNIT_TESTS += t/unit/change_full_test
t_unit_change_full_test_SOURCES = t/unit/change_full_test.c
t_unit_change_full_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_change_full_test_LDADD = $(CHANGE_TEST_LIBS)

UNIT_TESTS += t/unit/journal_test
t_unit_journal_test_SOURCES = t/unit/journal_test.c
t_unit_journal_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_journal_test_LDADD = $(CHANGE_TEST_LIBS)
