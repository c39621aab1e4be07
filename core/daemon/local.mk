# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libdaemon.a
libdaemon_a_SOURCES = \
	core/daemon/daemon.c core/daemon/daemon.h \
	core/daemon/daemon_catalog.c core/daemon/daemon_catalog.h

DAEMON_LIBS = libdaemon.a $(CONTROL_LIBS)

sbin_PROGRAMS += ccmd
ccmd_SOURCES = core/daemon/ccmd.c
ccmd_LDADD = $(DAEMON_LIBS)
