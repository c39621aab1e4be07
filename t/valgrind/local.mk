# SPDX-License-Identifier: ISC
# All tests under valgrind: make check-valgrind [TESTS="..."]. See
# t/valgrind/run.
EXTRA_DIST += t/valgrind/run t/valgrind/suppressions t/valgrind/exceptions
EXTRA_PROGRAMS += t/valgrind/native.so
CLEANFILES += t/valgrind/native.so
t_valgrind_native_so_SOURCES = t/valgrind/native.c
t_valgrind_native_so_CFLAGS = $(MODULE_COMPILE)
t_valgrind_native_so_LDFLAGS = $(MODULE_LINK)

.PHONY: check-valgrind
check-valgrind: all-am $(check_PROGRAMS) t/valgrind/native.so
	@builddir='$(abs_builddir)' srcdir='$(abs_srcdir)' \
	    $(srcdir)/t/valgrind/run $(if $(TESTS),$(TESTS), \
	    $(UNIT_TESTS) $(E2E_TESTS))
