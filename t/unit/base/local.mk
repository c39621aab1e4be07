# SPDX-License-Identifier: ISC
UNIT_TESTS += t/unit/base/json_test t/unit/base/log_test \
	t/unit/base/name_test t/unit/base/path_test t/unit/base/visible_test

t_unit_base_json_test_SOURCES = t/unit/base/json_test.c
t_unit_base_json_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_base_json_test_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)

t_unit_base_log_test_SOURCES = t/unit/base/log_test.c
t_unit_base_log_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_base_log_test_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)

t_unit_base_name_test_SOURCES = t/unit/base/name_test.c
t_unit_base_name_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_base_name_test_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)

t_unit_base_path_test_SOURCES = t/unit/base/path_test.c
t_unit_base_path_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_base_path_test_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)

t_unit_base_visible_test_SOURCES = t/unit/base/visible_test.c
t_unit_base_visible_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_base_visible_test_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)
