# SPDX-License-Identifier: ISC
UNIT_TESTS += t/unit/etcd/base64_test t/unit/etcd/etcd_wire_test

t_unit_etcd_base64_test_SOURCES = t/unit/etcd/base64_test.c
t_unit_etcd_base64_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_etcd_base64_test_LDADD = $(ETCD_LIBS) $(CMOCKA_LIBS)

t_unit_etcd_etcd_wire_test_SOURCES = t/unit/etcd/etcd_wire_test.c
t_unit_etcd_etcd_wire_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_etcd_etcd_wire_test_LDADD = $(ETCD_LIBS) $(CMOCKA_LIBS)
