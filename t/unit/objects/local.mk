# SPDX-License-Identifier: ISC
SOURCE_HTTP_FIXTURE = t/unit/objects/http_server.c \
	t/unit/objects/http_server.h t/unit/objects/source_http_fixture.c \
	t/unit/objects/source_http_fixture.h

UNIT_TESTS += t/unit/objects/http_api_test \
	 t/unit/objects/link_test t/unit/objects/objects_test \
	t/unit/objects/source_etcd_real_test t/unit/objects/source_etcd_test \
	t/unit/objects/source_http_test

t_unit_objects_link_test_SOURCES = t/unit/objects/link_test.c
t_unit_objects_link_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_objects_link_test_LDADD = $(OBJECTS_LIBS) $(CMOCKA_LIBS)

t_unit_objects_objects_test_SOURCES = t/unit/objects/objects_test.c
t_unit_objects_objects_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_objects_objects_test_LDADD = $(OBJECTS_LIBS) $(CMOCKA_LIBS)

t_unit_objects_source_etcd_real_test_SOURCES = \
	t/unit/objects/source_etcd_real_test.c t/unit/objects/private_etcd.c \
	t/unit/objects/private_etcd.h
t_unit_objects_source_etcd_real_test_CFLAGS = $(UNIT_CFLAGS) -pthread
t_unit_objects_source_etcd_real_test_LDADD = $(OBJECTS_LIBS) $(CMOCKA_LIBS) \
	-lpthread

t_unit_objects_source_etcd_test_SOURCES = t/unit/objects/source_etcd_test.c \
	t/unit/objects/http_server.c t/unit/objects/http_server.h
t_unit_objects_source_etcd_test_CFLAGS = $(UNIT_CFLAGS) -pthread
t_unit_objects_source_etcd_test_LDADD = $(OBJECTS_LIBS) $(CMOCKA_LIBS) \
	-lpthread

t_unit_objects_source_http_test_SOURCES = t/unit/objects/source_http_test.c \
	$(SOURCE_HTTP_FIXTURE)
t_unit_objects_source_http_test_CFLAGS = $(UNIT_CFLAGS) -pthread
t_unit_objects_source_http_test_LDADD = $(OBJECTS_LIBS) $(CMOCKA_LIBS) \
	-lpthread

t_unit_objects_http_api_test_SOURCES = t/unit/objects/http_api_test.c \
	$(SOURCE_HTTP_FIXTURE)
t_unit_objects_http_api_test_CFLAGS = $(UNIT_CFLAGS) -pthread
t_unit_objects_http_api_test_LDADD = $(OBJECTS_LIBS) $(CMOCKA_LIBS) -lpthread
