# SPDX-License-Identifier: ISC
# The simulated cluster. It defines what it replaces (loop, store, job, child,
# clock); the linker then leaves those members of the archives alone.
UNIT_TESTS += t/sim/rollout_sim
t_sim_rollout_sim_SOURCES = \
	t/sim/rollout_sim.c t/sim/sim.h \
	t/sim/sim_node.c \
	t/sim/sim_server.c t/sim/sim_server.h \
	t/sim/sim_store.c \
	t/sim/sim_time.c \
	t/sim/sim_watch.c
t_sim_rollout_sim_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/t/sim
t_sim_rollout_sim_LDADD = $(DAEMON_LIBS)
