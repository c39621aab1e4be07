# SPDX-License-Identifier: ISC
# Faults on purpose: the injector, the tests of each fault, and all at once.
check_PROGRAMS += t/chaos/proxy
t_chaos_proxy_SOURCES = \
	t/chaos/proxy.c t/chaos/proxy.h \
	t/chaos/proxy_command.c \
	t/chaos/proxy_conn.c \
	t/chaos/proxy_fault.c

# Preloaded: it is no module, but built like one.
check_PROGRAMS += t/chaos/clock.so
t_chaos_clock_so_SOURCES = t/chaos/clock.c
t_chaos_clock_so_CFLAGS = $(MODULE_COMPILE)
t_chaos_clock_so_LDFLAGS = $(MODULE_LINK)

E2E_TESTS += \
	t/t0111-hold.t \
	t/t0131-names.t \
	t/t0132-presence.t \
	t/t0400-endpoints.t \
	t/t0401-tls.t \
	t/t0402-login.t \
	t/t0403-token.t \
	t/t0404-dialect.t t/t0405-roles.t \
	t/t0410-away.t \
	t/t0411-outage.t \
	t/t0412-outage-turn.t \
	t/t0413-answers.t \
	t/t0414-answers-flag.t \
	t/t0420-streams.t \
	t/t0421-compaction.t \
	t/t0422-restore.t \
	t/t0440-lease.t \
	t/t0441-asleep.t \
	t/t0450-killed.t \
	t/t0455-reboot.t \
	t/t0460-runner.t \
	t/t0461-oom.t \
	t/t0462-start.t \
	t/t0465-spare.t \
	t/t0470-disk.t \
	t/t0471-slow-disk.t \
	t/t0472-nospace.t \
	t/t0480-clock.t \
	t/t0490-chaos.t

EXTRA_DIST += t/chaos/faults.sh t/chaos/points.sh t/chaos/outage.sh \
	t/chaos/answers.sh t/chaos/chaos t/chaos/world.py \
	t/chaos/schedule.py t/chaos/check.py \
	t/chaos/doctor.py
