# SPDX-License-Identifier: ISC
UNIT_TESTS += t/unit/ctl_flow_test t/unit/ctl_test t/unit/text_test

CTL_FAKE = t/unit/ctl_fake.c t/unit/ctl_fake.h
CTL_TEST_LIBS = libctl.a $(BASE_LIBS) $(CMOCKA_LIBS)

t_unit_ctl_flow_test_SOURCES = t/unit/ctl_flow_test.c $(CTL_FAKE)
t_unit_ctl_flow_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_ctl_flow_test_LDADD = $(CTL_TEST_LIBS)

t_unit_ctl_test_SOURCES = t/unit/ctl_test.c $(CTL_FAKE)
t_unit_ctl_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_ctl_test_LDADD = $(CTL_TEST_LIBS)

t_unit_text_test_SOURCES = t/unit/text_test.c
t_unit_text_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_text_test_LDADD = $(CTL_TEST_LIBS)
