# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libcluster.a
libcluster_a_SOURCES = \
	core/cluster/control.h \
	core/cluster/loop.c core/cluster/loop.h \
	core/cluster/store.h

CLUSTER_LIBS = libcluster.a $(BASE_LIBS) $(CURL_LIBS)
