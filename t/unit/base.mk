# SPDX-License-Identifier: ISC
UNIT_TESTS += t/unit/config_test t/unit/path_test

t_unit_config_test_SOURCES = t/unit/config_test.c
t_unit_config_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_config_test_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/config_digest_test
t_unit_config_digest_test_SOURCES = t/unit/config_digest_test.c $(SCRATCH)
t_unit_config_digest_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_config_digest_test_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)

t_unit_path_test_SOURCES = t/unit/path_test.c
t_unit_path_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_path_test_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/name_test
t_unit_name_test_SOURCES = t/unit/name_test.c
t_unit_name_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_name_test_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/base64_test
t_unit_base64_test_SOURCES = t/unit/base64_test.c
t_unit_base64_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_base64_test_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/etcd_wire_test
t_unit_etcd_wire_test_SOURCES = t/unit/etcd_wire_test.c
t_unit_etcd_wire_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_etcd_wire_test_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/log_test
t_unit_log_test_SOURCES = t/unit/log_test.c
t_unit_log_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_log_test_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/json_test
t_unit_json_test_SOURCES = t/unit/json_test.c
t_unit_json_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_json_test_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
