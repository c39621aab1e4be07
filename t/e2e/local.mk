# SPDX-License-Identifier: ISC
E2E_TESTS += \
	t/t0050-model.t \
	t/t0051-model-broken.t \
	t/t0100-roll-out.t \
	t/t0101-settle.t \
	t/t0110-flag.t \
	t/t0120-lock.t \
	t/t0130-crash.t \
	t/t0140-configuration.t \
	t/t0142-conf-changed.t \
	t/t0143-modules-broken.t \
	t/t0144-deadly.t \
	t/t0145-given-up.t \
	t/t0150-modules.t \
	t/t0160-ctl.t \
	t/t0170-local.t \
	t/t0171-apply-plan.t \
	t/t0180-http.t \
	t/t0190-daemon.t \
	t/t0480-limits.t \
	t/t0481-limits-more.t \
	t/t0482-strays.t

EXTRA_DIST += t/model/rollout.pml t/model/README.md t/model/lib.sh
EXTRA_DIST += t/demo t/e2e/lib.sh t/e2e/module.sh t/e2e/tap.sh t/e2e/history.py t/e2e/api.py t/e2e/gateway36.py \
	t/e2e/flood.py t/e2e/flood.sh

check_PROGRAMS += t/e2e/things.so
t_e2e_things_so_SOURCES = t/e2e/things.c
t_e2e_things_so_CFLAGS = $(MODULE_COMPILE)
t_e2e_things_so_LDFLAGS = $(MODULE_LINK)
