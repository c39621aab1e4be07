# SPDX-License-Identifier: ISC
include t/unit/base.mk
include t/unit/change.mk
include t/unit/objects.mk
include t/unit/cluster.mk
include t/unit/host.mk
include t/unit/ctl.mk
include t/sim/local.mk
include t/modules/local.mk
include t/abi/local.mk
include t/lint/local.mk
include t/e2e/local.mk
include t/chaos/local.mk
include t/fuzz/local.mk
include t/bench/local.mk
include t/valgrind/local.mk

UNIT_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
check_PROGRAMS += $(UNIT_TESTS)
noinst_HEADERS = t/unit/unit.h
EXTRA_DIST += t/run $(E2E_TESTS)

# t/run runs them side by side; its last line is "N passed, N failed".
# TESTS="t/unit/diff_test t/t0100-roll-out.t" runs only those.
check-local: all-am $(check_PROGRAMS)
	@builddir='$(abs_builddir)' srcdir='$(abs_srcdir)' \
	    $(SHELL) $(srcdir)/t/run $(if $(TESTS),$(TESTS), \
	    $(UNIT_TESTS) $(E2E_TESTS))

# All that a test needs, built and not run.
.PHONY: check-programs
check-programs: all-am $(check_PROGRAMS)

clean-local:
	rm -rf t/log fuzz valgrind
