# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libetcd.a
libetcd_a_SOURCES = \
	core/etcd/base64.c core/etcd/base64.h \
	core/etcd/etcd_wire.c core/etcd/etcd_wire.h \
	core/etcd/etcd_wire_decode.c \
	core/etcd/etcd_wire_error.c \
	core/etcd/http_setup.c core/etcd/http_setup.h

ETCD_LIBS = libetcd.a $(CONFIG_LIBS)
