# SPDX-License-Identifier: ISC
UNIT_TESTS += t/unit/modules/crontab_schedule_test

t_unit_modules_crontab_schedule_test_SOURCES = \
	t/unit/modules/crontab_schedule_test.c modules/crontab_schedule.c
t_unit_modules_crontab_schedule_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)
t_unit_modules_crontab_schedule_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_modules_crontab_schedule_test_LDADD = $(TYPES_LIBS) $(CMOCKA_LIBS)
