# SPDX-License-Identifier: ISC
UNIT_TESTS += t/unit/store/endpoints_test t/unit/store/local_inotify_test \
	t/unit/store/store_etcd_auth_test t/unit/store/store_etcd_faults_test \
	t/unit/store/store_etcd_stream_test t/unit/store/store_etcd_test \
	t/unit/store/store_local_test t/unit/store/store_reply_test

t_unit_store_endpoints_test_SOURCES = t/unit/store/endpoints_test.c
t_unit_store_endpoints_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_store_endpoints_test_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

t_unit_store_local_inotify_test_SOURCES = t/unit/store/local_inotify_test.c \
	t/unit/store/store_local_fixture.c t/unit/store/store_local_fixture.h \
	t/unit/store/store_driver.c t/unit/store/store_driver.h
t_unit_store_local_inotify_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_store_local_inotify_test_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

t_unit_store_store_etcd_auth_test_SOURCES = \
	t/unit/store/store_etcd_auth_test.c t/unit/server.c t/unit/server.h \
	t/unit/store/store_driver.c t/unit/store/store_driver.h
t_unit_store_store_etcd_auth_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_store_store_etcd_auth_test_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

t_unit_store_store_etcd_faults_test_SOURCES = \
	t/unit/store/store_etcd_faults_test.c t/unit/server.c t/unit/server.h \
	t/unit/store/store_faulty.c t/unit/store/store_faulty.h \
	t/unit/store/store_driver.c t/unit/store/store_driver.h
t_unit_store_store_etcd_faults_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_store_store_etcd_faults_test_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

t_unit_store_store_etcd_stream_test_SOURCES = \
	t/unit/store/store_etcd_stream_test.c t/unit/server.c t/unit/server.h \
	t/unit/store/store_faulty.c t/unit/store/store_faulty.h \
	t/unit/store/store_driver.c t/unit/store/store_driver.h
t_unit_store_store_etcd_stream_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_store_store_etcd_stream_test_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

t_unit_store_store_etcd_test_SOURCES = t/unit/store/store_etcd_test.c \
	t/unit/store/store_cases.c t/unit/store/store_cases.h t/unit/server.c \
	t/unit/server.h t/unit/store/store_driver.c t/unit/store/store_driver.h
t_unit_store_store_etcd_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_store_store_etcd_test_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

t_unit_store_store_local_test_SOURCES = t/unit/store/store_local_test.c \
	t/unit/store/store_local_fixture.c t/unit/store/store_local_fixture.h \
	t/unit/store/store_cases.c t/unit/store/store_cases.h \
	t/unit/store/store_driver.c t/unit/store/store_driver.h
t_unit_store_store_local_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_store_store_local_test_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)

t_unit_store_store_reply_test_SOURCES = t/unit/store/store_reply_test.c
t_unit_store_store_reply_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_store_store_reply_test_LDADD = $(STORE_LIBS) $(CMOCKA_LIBS)
