# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libcontrol.a
libcontrol_a_SOURCES = \
	core/control/connection.c core/control/connection.h \
	core/control/control.c core/control/control.h \
	core/control/control_flag.c \
	core/control/control_nodes.c \
	core/control/control_ops.c core/control/control_queue.c \
	core/control/control_waiters.c \
	core/control/control_run.c \
	core/control/control_status.c \
	core/control/control_store.c

CONTROL_LIBS = libcontrol.a $(ROLLOUT_LIBS)
