# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libcluster.a
libcluster_a_SOURCES = \
	core/cluster/control.h \
	core/cluster/loop.h \
	core/cluster/store.h
