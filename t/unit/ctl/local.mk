# SPDX-License-Identifier: ISC
CTL_FAKE = t/unit/ctl/ctl_fake.c t/unit/ctl/ctl_fake.h
CTL_TEST_LIBS = $(CTL_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/ctl/ctl_flow_test \
	t/unit/ctl/ctl_test t/unit/ctl/text_test


t_unit_ctl_ctl_flow_test_SOURCES = t/unit/ctl/ctl_flow_test.c $(CTL_FAKE)
t_unit_ctl_ctl_flow_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_ctl_ctl_flow_test_LDADD = $(CTL_TEST_LIBS)

t_unit_ctl_ctl_test_SOURCES = t/unit/ctl/ctl_test.c $(CTL_FAKE)
t_unit_ctl_ctl_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_ctl_ctl_test_LDADD = $(CTL_TEST_LIBS)

t_unit_ctl_text_test_SOURCES = t/unit/ctl/text_test.c
t_unit_ctl_text_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_ctl_text_test_LDADD = $(CTL_TEST_LIBS)
