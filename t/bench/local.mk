# SPDX-License-Identifier: ISC
# make bench: each program shows its table, beside the floor on this machine.
BENCHES = t/bench/host_bench
EXTRA_PROGRAMS += $(BENCHES) t/bench/host_module.so

bench: $(BENCHES) t/bench/host_module.so
	@for bench in $(BENCHES); do builddir='$(abs_builddir)' ./$$bench; done
.PHONY: bench

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
