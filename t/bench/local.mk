# SPDX-License-Identifier: ISC
BENCHES = t/bench/floor t/bench/pair t/bench/files.so t/bench/host_bench \
	t/bench/host_module.so
EXTRA_PROGRAMS += $(BENCHES)
t_bench_floor_SOURCES = t/bench/floor.c
t_bench_floor_LDADD = -ldl
t_bench_pair_SOURCES = t/bench/pair.c t/bench/pair_turn.c t/bench/pair_turn.h
t_bench_pair_LDADD = $(DAEMON_LIBS)
t_bench_files_so_SOURCES = t/bench/files.c
t_bench_files_so_CFLAGS = $(AM_CFLAGS) -fPIC
t_bench_files_so_LDFLAGS = $(AM_LDFLAGS) -shared
t_bench_files_so_LDADD = $(JANSSON_LIBS)
EXTRA_DIST += t/bench/bench.py t/bench/lib.py t/bench/cluster.py

t_bench_host_module_so_SOURCES = t/bench/host_module.c
t_bench_host_module_so_CFLAGS = $(MODULE_COMPILE)
t_bench_host_module_so_LDFLAGS = $(MODULE_LINK)
t_bench_host_module_so_LDADD = $(JANSSON_LIBS)

t_bench_host_bench_SOURCES = t/bench/host_bench.c t/unit/files.h $(SCRATCH)
t_bench_host_bench_CFLAGS = $(UNIT_CFLAGS)
t_bench_host_bench_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/t/unit
t_bench_host_bench_LDFLAGS = $(HOST_LINK)
t_bench_host_bench_LDADD = $(HOST_LIBS) $(CMOCKA_LIBS)
t_bench_host_bench_DEPENDENCIES = $(HOST_NEEDS)

# The figures beside their floors; BENCH="plan apply" runs only those.
bench: all-am $(BENCHES)
	@builddir='$(abs_builddir)' ./t/bench/host_bench
	@builddir='$(abs_builddir)' srcdir='$(abs_srcdir)' CC='$(CC)' \
	    CFLAGS='$(CFLAGS)' python3 $(srcdir)/t/bench/bench.py $(BENCH)
.PHONY: bench
