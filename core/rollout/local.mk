# SPDX-License-Identifier: ISC
noinst_LIBRARIES += librollout.a
librollout_a_SOURCES = \
	core/rollout/bus.c core/rollout/bus.h \
	core/rollout/events.c core/rollout/events.h \
	core/rollout/flag.c core/rollout/flag.h core/rollout/flag_hold.c \
	core/rollout/machine.c core/rollout/machine.h \
	core/rollout/queue.c core/rollout/queue.h \
	core/rollout/queue_sweep.c \
	core/rollout/queue_txn.c \
	core/rollout/recovery.c core/rollout/recovery.h \
	core/rollout/retry.c core/rollout/retry.h \
	core/rollout/rollout.c core/rollout/rollout.h \
	core/rollout/rollout_announce.c core/rollout/rollout_attempt.c core/rollout/rollout_turn.c \
	core/rollout/rollout_close.c \
	core/rollout/rollout_internal.h \
	core/rollout/rollout_link.c \
	core/rollout/rollout_look.c \
	core/rollout/rollout_phase.c \
	core/rollout/rollout_record.c \
	core/rollout/rollout_run.c \
	core/rollout/rollout_state.c \
	core/rollout/runner.c core/rollout/runner.h \
	core/rollout/session.c core/rollout/session.h \
	core/rollout/settle.c core/rollout/settle.h \
	core/rollout/turn.c core/rollout/turn.h \
	core/rollout/turn_close.c \
	core/rollout/turn_internal.h \
	core/rollout/turn_state.c

ROLLOUT_LIBS = librollout.a $(STORE_LIBS)
