# SPDX-License-Identifier: ISC
UNIT_TESTS += t/unit/objects_test

t_unit_objects_test_SOURCES = t/unit/objects_test.c
t_unit_objects_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_objects_test_LDADD = $(OBJECTS_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/source_http_test

t_unit_source_http_test_SOURCES = t/unit/source_http_test.c \
	t/unit/http_server.c t/unit/http_server.h
t_unit_source_http_test_CFLAGS = $(UNIT_CFLAGS) -pthread
t_unit_source_http_test_LDADD = $(OBJECTS_LIBS) $(CMOCKA_LIBS) -lpthread

UNIT_TESTS += t/unit/source_etcd_real_test

t_unit_source_etcd_real_test_SOURCES = t/unit/source_etcd_real_test.c \
	t/unit/private_etcd.c t/unit/private_etcd.h
t_unit_source_etcd_real_test_CFLAGS = $(UNIT_CFLAGS) -pthread
t_unit_source_etcd_real_test_LDADD = $(OBJECTS_LIBS) $(CMOCKA_LIBS) -lpthread

UNIT_TESTS += t/unit/crontab_schedule_test

t_unit_crontab_schedule_test_SOURCES = t/unit/crontab_schedule_test.c \
	modules/crontab_schedule.c
t_unit_crontab_schedule_test_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)
t_unit_crontab_schedule_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_crontab_schedule_test_LDADD = $(BASE_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/source_etcd_test

t_unit_source_etcd_test_SOURCES = t/unit/source_etcd_test.c \
	t/unit/http_server.c t/unit/http_server.h
t_unit_source_etcd_test_CFLAGS = $(UNIT_CFLAGS) -pthread
t_unit_source_etcd_test_LDADD = $(OBJECTS_LIBS) $(CMOCKA_LIBS) -lpthread

UNIT_TESTS += t/unit/link_test

t_unit_link_test_SOURCES = t/unit/link_test.c
t_unit_link_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_link_test_LDADD = $(OBJECTS_LIBS) $(CMOCKA_LIBS)
