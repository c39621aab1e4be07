# SPDX-License-Identifier: ISC
# Fuzz targets. NAME_fuzz replays t/fuzz/corpus/NAME and is a test; NAME_live
# is the same with libFuzzer's main, and wants --enable-fuzz (clang).
#
# make fuzz FUZZ_SECONDS=300 FUZZ="wire journal" runs those two for so long;
# what it finds new is kept in fuzz/NAME in the build tree, what breaks a
# target in fuzz/NAME-crash-*. `make fuzz-merge` adds to the corpora of the
# source tree what covers more.
check_LIBRARIES += libfuzz.a
libfuzz_a_SOURCES = t/fuzz/fuzz.c t/fuzz/fuzz.h
libfuzz_a_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/t/fuzz
EXTRA_DIST += t/fuzz/corpus

FUZZ_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir) -I$(srcdir)/t/fuzz
FUZZ_SECONDS = 10
FUZZ_FLAGS = -rss_limit_mb=1024 -max_len=4096 -timeout=10 -verbosity=0 \
	-print_final_stats=1

FUZZ_TARGETS = account_state \
	accounts \
	base64 \
	catalog \
	config \
	control \
	crontab_schedule \
	declaration \
	diff \
	etcd_wire \
	flag \
	history \
	http_stream \
	job \
	journal \
	link \
	objects \
	objects_etcd \
	planner_result \
	wire

UNIT_TESTS += t/fuzz/account_state_fuzz
EXTRA_PROGRAMS += t/fuzz/account_state_live
t_fuzz_account_state_fuzz_SOURCES = t/fuzz/account_state_fuzz.c t/fuzz/replay.c
t_fuzz_account_state_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_account_state_fuzz_LDADD = libfuzz.a $(CHANGE_LIBS)
t_fuzz_account_state_live_SOURCES = t/fuzz/account_state_fuzz.c
t_fuzz_account_state_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_account_state_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_account_state_live_LDADD = libfuzz.a $(CHANGE_LIBS)

UNIT_TESTS += t/fuzz/accounts_fuzz
EXTRA_PROGRAMS += t/fuzz/accounts_live
t_fuzz_accounts_fuzz_SOURCES = t/fuzz/accounts_fuzz.c t/fuzz/replay.c
t_fuzz_accounts_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_accounts_fuzz_LDADD = libfuzz.a $(CHANGE_LIBS)
t_fuzz_accounts_live_SOURCES = t/fuzz/accounts_fuzz.c
t_fuzz_accounts_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_accounts_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_accounts_live_LDADD = libfuzz.a $(CHANGE_LIBS)

UNIT_TESTS += t/fuzz/base64_fuzz
EXTRA_PROGRAMS += t/fuzz/base64_live
t_fuzz_base64_fuzz_SOURCES = t/fuzz/base64_fuzz.c t/fuzz/replay.c
t_fuzz_base64_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_base64_fuzz_LDADD = libfuzz.a $(BASE_LIBS)
t_fuzz_base64_live_SOURCES = t/fuzz/base64_fuzz.c
t_fuzz_base64_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_base64_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_base64_live_LDADD = libfuzz.a $(BASE_LIBS)

UNIT_TESTS += t/fuzz/catalog_fuzz
EXTRA_PROGRAMS += t/fuzz/catalog_live
t_fuzz_catalog_fuzz_SOURCES = t/fuzz/catalog_fuzz.c t/fuzz/replay.c
t_fuzz_catalog_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_catalog_fuzz_LDADD = libfuzz.a $(CLUSTER_LIBS)
t_fuzz_catalog_live_SOURCES = t/fuzz/catalog_fuzz.c
t_fuzz_catalog_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_catalog_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_catalog_live_LDADD = libfuzz.a $(CLUSTER_LIBS)

UNIT_TESTS += t/fuzz/config_fuzz
EXTRA_PROGRAMS += t/fuzz/config_live
t_fuzz_config_fuzz_SOURCES = t/fuzz/config_fuzz.c t/fuzz/replay.c
t_fuzz_config_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_config_fuzz_LDADD = libfuzz.a $(BASE_LIBS)
t_fuzz_config_live_SOURCES = t/fuzz/config_fuzz.c
t_fuzz_config_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_config_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_config_live_LDADD = libfuzz.a $(BASE_LIBS)

UNIT_TESTS += t/fuzz/control_fuzz
EXTRA_PROGRAMS += t/fuzz/control_live
t_fuzz_control_fuzz_SOURCES = t/fuzz/control_fuzz.c t/fuzz/replay.c
t_fuzz_control_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_control_fuzz_LDADD = libfuzz.a $(CLUSTER_LIBS)
t_fuzz_control_live_SOURCES = t/fuzz/control_fuzz.c
t_fuzz_control_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_control_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_control_live_LDADD = libfuzz.a $(CLUSTER_LIBS)

UNIT_TESTS += t/fuzz/crontab_schedule_fuzz
EXTRA_PROGRAMS += t/fuzz/crontab_schedule_live
t_fuzz_crontab_schedule_fuzz_SOURCES = t/fuzz/crontab_schedule_fuzz.c modules/crontab_schedule.c t/fuzz/replay.c
t_fuzz_crontab_schedule_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_crontab_schedule_fuzz_LDADD = libfuzz.a $(BASE_LIBS)
t_fuzz_crontab_schedule_live_SOURCES = t/fuzz/crontab_schedule_fuzz.c modules/crontab_schedule.c
t_fuzz_crontab_schedule_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_crontab_schedule_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_crontab_schedule_live_LDADD = libfuzz.a $(BASE_LIBS)

UNIT_TESTS += t/fuzz/declaration_fuzz
EXTRA_PROGRAMS += t/fuzz/declaration_live
t_fuzz_declaration_fuzz_SOURCES = t/fuzz/declaration_fuzz.c t/fuzz/replay.c
t_fuzz_declaration_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_declaration_fuzz_LDADD = libfuzz.a libhost.a $(HOST_LIBS)
t_fuzz_declaration_live_SOURCES = t/fuzz/declaration_fuzz.c
t_fuzz_declaration_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_declaration_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_declaration_live_LDADD = libfuzz.a libhost.a $(HOST_LIBS)

UNIT_TESTS += t/fuzz/diff_fuzz
EXTRA_PROGRAMS += t/fuzz/diff_live
t_fuzz_diff_fuzz_SOURCES = t/fuzz/diff_fuzz.c t/fuzz/replay.c
t_fuzz_diff_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_diff_fuzz_LDADD = libfuzz.a $(CHANGE_LIBS)
t_fuzz_diff_live_SOURCES = t/fuzz/diff_fuzz.c
t_fuzz_diff_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_diff_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_diff_live_LDADD = libfuzz.a $(CHANGE_LIBS)

UNIT_TESTS += t/fuzz/etcd_wire_fuzz
EXTRA_PROGRAMS += t/fuzz/etcd_wire_live
t_fuzz_etcd_wire_fuzz_SOURCES = t/fuzz/etcd_wire_fuzz.c t/fuzz/replay.c
t_fuzz_etcd_wire_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_etcd_wire_fuzz_LDADD = libfuzz.a $(BASE_LIBS)
t_fuzz_etcd_wire_live_SOURCES = t/fuzz/etcd_wire_fuzz.c
t_fuzz_etcd_wire_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_etcd_wire_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_etcd_wire_live_LDADD = libfuzz.a $(BASE_LIBS)

UNIT_TESTS += t/fuzz/flag_fuzz
EXTRA_PROGRAMS += t/fuzz/flag_live
t_fuzz_flag_fuzz_SOURCES = t/fuzz/flag_fuzz.c t/fuzz/replay.c
t_fuzz_flag_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_flag_fuzz_LDADD = libfuzz.a $(CLUSTER_LIBS)
t_fuzz_flag_live_SOURCES = t/fuzz/flag_fuzz.c
t_fuzz_flag_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_flag_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_flag_live_LDADD = libfuzz.a $(CLUSTER_LIBS)

UNIT_TESTS += t/fuzz/history_fuzz
EXTRA_PROGRAMS += t/fuzz/history_live
t_fuzz_history_fuzz_SOURCES = t/fuzz/history_fuzz.c t/fuzz/replay.c
t_fuzz_history_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_history_fuzz_LDADD = libfuzz.a $(CHANGE_LIBS)
t_fuzz_history_live_SOURCES = t/fuzz/history_fuzz.c
t_fuzz_history_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_history_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_history_live_LDADD = libfuzz.a $(CHANGE_LIBS)

UNIT_TESTS += t/fuzz/http_stream_fuzz
EXTRA_PROGRAMS += t/fuzz/http_stream_live
t_fuzz_http_stream_fuzz_SOURCES = t/fuzz/http_stream_fuzz.c t/fuzz/replay.c
t_fuzz_http_stream_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_http_stream_fuzz_LDADD = libfuzz.a $(CLUSTER_LIBS)
t_fuzz_http_stream_live_SOURCES = t/fuzz/http_stream_fuzz.c
t_fuzz_http_stream_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_http_stream_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_http_stream_live_LDADD = libfuzz.a $(CLUSTER_LIBS)

UNIT_TESTS += t/fuzz/job_fuzz
EXTRA_PROGRAMS += t/fuzz/job_live
t_fuzz_job_fuzz_SOURCES = t/fuzz/job_fuzz.c t/fuzz/replay.c
t_fuzz_job_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_job_fuzz_LDADD = libfuzz.a $(CLUSTER_LIBS)
t_fuzz_job_live_SOURCES = t/fuzz/job_fuzz.c
t_fuzz_job_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_job_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_job_live_LDADD = libfuzz.a $(CLUSTER_LIBS)

UNIT_TESTS += t/fuzz/journal_fuzz
EXTRA_PROGRAMS += t/fuzz/journal_live
t_fuzz_journal_fuzz_SOURCES = t/fuzz/journal_fuzz.c t/fuzz/replay.c
t_fuzz_journal_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_journal_fuzz_LDADD = libfuzz.a $(CHANGE_LIBS)
t_fuzz_journal_live_SOURCES = t/fuzz/journal_fuzz.c
t_fuzz_journal_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_journal_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_journal_live_LDADD = libfuzz.a $(CHANGE_LIBS)

UNIT_TESTS += t/fuzz/link_fuzz
EXTRA_PROGRAMS += t/fuzz/link_live
t_fuzz_link_fuzz_SOURCES = t/fuzz/link_fuzz.c t/fuzz/replay.c
t_fuzz_link_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_link_fuzz_LDADD = libfuzz.a $(OBJECTS_LIBS)
t_fuzz_link_live_SOURCES = t/fuzz/link_fuzz.c
t_fuzz_link_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_link_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_link_live_LDADD = libfuzz.a $(OBJECTS_LIBS)

UNIT_TESTS += t/fuzz/objects_fuzz
EXTRA_PROGRAMS += t/fuzz/objects_live
t_fuzz_objects_fuzz_SOURCES = t/fuzz/objects_fuzz.c t/fuzz/replay.c
t_fuzz_objects_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_objects_fuzz_LDADD = libfuzz.a $(OBJECTS_LIBS)
t_fuzz_objects_live_SOURCES = t/fuzz/objects_fuzz.c
t_fuzz_objects_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_objects_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_objects_live_LDADD = libfuzz.a $(OBJECTS_LIBS)

UNIT_TESTS += t/fuzz/objects_etcd_fuzz
EXTRA_PROGRAMS += t/fuzz/objects_etcd_live
t_fuzz_objects_etcd_fuzz_SOURCES = t/fuzz/objects_etcd_fuzz.c t/fuzz/replay.c
t_fuzz_objects_etcd_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_objects_etcd_fuzz_LDADD = libfuzz.a $(OBJECTS_LIBS)
t_fuzz_objects_etcd_live_SOURCES = t/fuzz/objects_etcd_fuzz.c
t_fuzz_objects_etcd_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_objects_etcd_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_objects_etcd_live_LDADD = libfuzz.a $(OBJECTS_LIBS)

UNIT_TESTS += t/fuzz/planner_result_fuzz
EXTRA_PROGRAMS += t/fuzz/planner_result_live
t_fuzz_planner_result_fuzz_SOURCES = t/fuzz/planner_result_fuzz.c t/fuzz/replay.c
t_fuzz_planner_result_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_planner_result_fuzz_LDADD = libfuzz.a libhost.a $(HOST_LIBS)
t_fuzz_planner_result_live_SOURCES = t/fuzz/planner_result_fuzz.c
t_fuzz_planner_result_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_planner_result_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_planner_result_live_LDADD = libfuzz.a libhost.a $(HOST_LIBS)

UNIT_TESTS += t/fuzz/wire_fuzz
EXTRA_PROGRAMS += t/fuzz/wire_live
t_fuzz_wire_fuzz_SOURCES = t/fuzz/wire_fuzz.c t/fuzz/replay.c
t_fuzz_wire_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_wire_fuzz_LDADD = libfuzz.a $(CHANGE_LIBS)
t_fuzz_wire_live_SOURCES = t/fuzz/wire_fuzz.c
t_fuzz_wire_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_wire_live_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
t_fuzz_wire_live_LDADD = libfuzz.a $(CHANGE_LIBS)

FUZZ = $(FUZZ_TARGETS)
.PHONY: fuzz fuzz-merge
fuzz:
if FUZZ
	@for name in $(FUZZ); do \
	    $(MAKE) $(AM_MAKEFLAGS) -s t/fuzz/$${name}_live || exit 1; \
	    mkdir -p fuzz/$$name; \
	    echo "$$name:"; \
	    t/fuzz/$${name}_live -max_total_time=$(FUZZ_SECONDS) \
	        -artifact_prefix=fuzz/$$name- $(FUZZ_FLAGS) fuzz/$$name \
	        $(srcdir)/t/fuzz/corpus/$$name 2>fuzz/$$name.log || \
	        { tail -n 60 fuzz/$$name.log; exit 1; }; \
	    grep -E 'executed_units|average_exec' fuzz/$$name.log; \
	done
else
	@echo "make fuzz wants ./configure --enable-fuzz CC=clang"; exit 1
endif

fuzz-merge:
	@for name in $(FUZZ); do \
	    rm -rf fuzz/merged && mkdir -p fuzz/merged && \
	    t/fuzz/$${name}_live -merge=1 -max_len=2048 fuzz/merged \
	        $(srcdir)/t/fuzz/corpus/$$name fuzz/$$name 2>fuzz/merge.log; \
	    ls fuzz/merged | wc -l; \
	done

