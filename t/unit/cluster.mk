# SPDX-License-Identifier: ISC
UNIT_TESTS += t/unit/loop_test
t_unit_loop_test_SOURCES = t/unit/loop_test.c
t_unit_loop_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_loop_test_LDADD = $(CLUSTER_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/bus_test
t_unit_bus_test_SOURCES = t/unit/bus_test.c
t_unit_bus_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_bus_test_LDADD = $(CLUSTER_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/settle_test
t_unit_settle_test_SOURCES = t/unit/settle_test.c
t_unit_settle_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_settle_test_LDADD = $(CLUSTER_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/flag_test
t_unit_flag_test_SOURCES = t/unit/flag_test.c
t_unit_flag_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_flag_test_LDADD = $(CLUSTER_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/store_local_test
t_unit_store_local_test_SOURCES = t/unit/store_local_test.c \
	t/unit/store_folder.c t/unit/store_folder.h \
	t/unit/store_cases.c t/unit/store_cases.h \
	t/unit/store_probe.c t/unit/store_probe.h
t_unit_store_local_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_store_local_test_LDADD = $(CLUSTER_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/store_hand_test
t_unit_store_hand_test_SOURCES = t/unit/store_hand_test.c \
	t/unit/store_folder.c t/unit/store_folder.h \
	t/unit/store_probe.c t/unit/store_probe.h
t_unit_store_hand_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_store_hand_test_LDADD = $(CLUSTER_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/store_etcd_test
t_unit_store_etcd_test_SOURCES = t/unit/store_etcd_test.c \
	t/unit/store_cases.c t/unit/store_cases.h \
	t/unit/server.c t/unit/server.h \
	t/unit/store_probe.c t/unit/store_probe.h
t_unit_store_etcd_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_store_etcd_test_LDADD = $(CLUSTER_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/store_etcd_faults_test
t_unit_store_etcd_faults_test_SOURCES = t/unit/store_etcd_faults_test.c \
	t/unit/server.c t/unit/server.h \
	t/unit/store_faulty.c t/unit/store_faulty.h \
	t/unit/store_probe.c t/unit/store_probe.h
t_unit_store_etcd_faults_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_store_etcd_faults_test_LDADD = $(CLUSTER_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/store_etcd_stream_test
t_unit_store_etcd_stream_test_SOURCES = t/unit/store_etcd_stream_test.c \
	t/unit/server.c t/unit/server.h \
	t/unit/store_faulty.c t/unit/store_faulty.h \
	t/unit/store_probe.c t/unit/store_probe.h
t_unit_store_etcd_stream_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_store_etcd_stream_test_LDADD = $(CLUSTER_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/store_etcd_auth_test
t_unit_store_etcd_auth_test_SOURCES = t/unit/store_etcd_auth_test.c \
	t/unit/server.c t/unit/server.h \
	t/unit/store_probe.c t/unit/store_probe.h
t_unit_store_etcd_auth_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_store_etcd_auth_test_LDADD = $(CLUSTER_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/endpoints_test
t_unit_endpoints_test_SOURCES = t/unit/endpoints_test.c
t_unit_endpoints_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_endpoints_test_LDADD = $(CLUSTER_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/store_reply_test
t_unit_store_reply_test_SOURCES = t/unit/store_reply_test.c
t_unit_store_reply_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_store_reply_test_LDADD = $(CLUSTER_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/events_past_test
t_unit_events_past_test_SOURCES = t/unit/events_past_test.c \
	t/unit/events_fake.c t/unit/events_fake.h
t_unit_events_past_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_events_past_test_LDADD = $(CLUSTER_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/events_test
t_unit_events_test_SOURCES = t/unit/events_test.c \
	t/unit/events_fake.c t/unit/events_fake.h
t_unit_events_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_events_test_LDADD = $(CLUSTER_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/queue_test
t_unit_queue_test_SOURCES = t/unit/queue_test.c t/unit/store_counter.h \
	t/unit/store_folder.c t/unit/store_folder.h \
	t/unit/store_probe.c t/unit/store_probe.h
t_unit_queue_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_queue_test_LDADD = $(CLUSTER_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/child_test
t_unit_child_test_SOURCES = t/unit/child_test.c
t_unit_child_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_child_test_LDADD = $(CLUSTER_LIBS) $(CMOCKA_LIBS)
