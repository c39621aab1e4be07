# SPDX-License-Identifier: ISC
UNIT_TESTS += t/unit/config/config_digest_test t/unit/config/config_test

t_unit_config_config_digest_test_SOURCES = t/unit/config/config_digest_test.c \
	$(SCRATCH)
t_unit_config_config_digest_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_config_config_digest_test_LDADD = $(CONFIG_LIBS) $(CMOCKA_LIBS)

t_unit_config_config_test_SOURCES = t/unit/config/config_test.c
t_unit_config_config_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_config_config_test_LDADD = $(CONFIG_LIBS) $(CMOCKA_LIBS)
