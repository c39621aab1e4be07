# SPDX-License-Identifier: ISC
# Faults on purpose: the injector, the tests of each fault, and all at once.
check_PROGRAMS += t/chaos/proxy
t_chaos_proxy_SOURCES = t/chaos/proxy.c

E2E_TESTS += \
	t/t0400-endpoints.t \
	t/t0490-chaos.t

EXTRA_DIST += t/chaos/faults.sh t/chaos/chaos t/chaos/world.py \
	t/chaos/schedule.py t/chaos/check.py \
	t/chaos/doctor.py
