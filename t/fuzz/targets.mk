# SPDX-License-Identifier: ISC
# The fuzz targets, a block each; see local.mk.
FUZZ_TARGETS = account_state \
	accounts \
	base64 \
	catalog \
	child \
	config \
	control \
	crontab \
	crontab_schedule \
	ctl \
	declaration \
	describe \
	diff \
	etcd_wire \
	exec \
	flag \
	fpm_pools \
	gateway \
	grammar \
	history \
	http_stream \
	job \
	journal \
	link \
	local_folder \
	objects \
	objects_etcd \
	objects_http \
	planner_result \
	rollout \
	mode_run \
	state \
	certificates \
	wire

UNIT_TESTS += t/fuzz/account_state_fuzz
EXTRA_PROGRAMS += t/fuzz/account_state_live
t_fuzz_account_state_fuzz_SOURCES = t/fuzz/account_state_fuzz.c t/fuzz/replay.c
t_fuzz_account_state_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_account_state_fuzz_LDADD = libfuzz.a $(CHANGE_LIBS)
t_fuzz_account_state_live_SOURCES = t/fuzz/account_state_fuzz.c t/fuzz/mutate.c
t_fuzz_account_state_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_account_state_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_account_state_live_LDADD = libfuzz.a $(CHANGE_LIBS)

UNIT_TESTS += t/fuzz/accounts_fuzz
EXTRA_PROGRAMS += t/fuzz/accounts_live
t_fuzz_accounts_fuzz_SOURCES = t/fuzz/accounts_fuzz.c t/fuzz/replay.c
t_fuzz_accounts_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_accounts_fuzz_LDADD = libfuzz.a $(CHANGE_LIBS)
t_fuzz_accounts_live_SOURCES = t/fuzz/accounts_fuzz.c
t_fuzz_accounts_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_accounts_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_accounts_live_LDADD = libfuzz.a $(CHANGE_LIBS)

UNIT_TESTS += t/fuzz/base64_fuzz
EXTRA_PROGRAMS += t/fuzz/base64_live
t_fuzz_base64_fuzz_SOURCES = t/fuzz/base64_fuzz.c t/fuzz/replay.c
t_fuzz_base64_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_base64_fuzz_LDADD = libfuzz.a $(ETCD_LIBS)
t_fuzz_base64_live_SOURCES = t/fuzz/base64_fuzz.c
t_fuzz_base64_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_base64_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_base64_live_LDADD = libfuzz.a $(ETCD_LIBS)

UNIT_TESTS += t/fuzz/catalog_fuzz
EXTRA_PROGRAMS += t/fuzz/catalog_live
t_fuzz_catalog_fuzz_SOURCES = t/fuzz/catalog_fuzz.c t/fuzz/replay.c
t_fuzz_catalog_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_catalog_fuzz_LDADD = libfuzz.a $(DAEMON_LIBS)
t_fuzz_catalog_live_SOURCES = t/fuzz/catalog_fuzz.c t/fuzz/mutate.c
t_fuzz_catalog_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_catalog_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_catalog_live_LDADD = libfuzz.a $(DAEMON_LIBS)

UNIT_TESTS += t/fuzz/child_fuzz
EXTRA_PROGRAMS += t/fuzz/child_live
t_fuzz_child_fuzz_SOURCES = t/fuzz/child_fuzz.c t/fuzz/replay.c
t_fuzz_child_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_child_fuzz_LDADD = libfuzz.a $(DAEMON_LIBS)
t_fuzz_child_live_SOURCES = t/fuzz/child_fuzz.c
t_fuzz_child_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_child_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_child_live_LDADD = libfuzz.a $(DAEMON_LIBS)

UNIT_TESTS += t/fuzz/config_fuzz
EXTRA_PROGRAMS += t/fuzz/config_live
t_fuzz_config_fuzz_SOURCES = t/fuzz/config_fuzz.c t/fuzz/replay.c
t_fuzz_config_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_config_fuzz_LDADD = libfuzz.a $(ETCD_LIBS)
t_fuzz_config_live_SOURCES = t/fuzz/config_fuzz.c
t_fuzz_config_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_config_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_config_live_LDADD = libfuzz.a $(ETCD_LIBS)

UNIT_TESTS += t/fuzz/control_fuzz
EXTRA_PROGRAMS += t/fuzz/control_live
t_fuzz_control_fuzz_SOURCES = t/fuzz/control_fuzz.c t/fuzz/replay.c
t_fuzz_control_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_control_fuzz_LDADD = libfuzz.a $(DAEMON_LIBS)
t_fuzz_control_live_SOURCES = t/fuzz/control_fuzz.c t/fuzz/mutate.c
t_fuzz_control_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_control_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_control_live_LDADD = libfuzz.a $(DAEMON_LIBS)

UNIT_TESTS += t/fuzz/crontab_fuzz
EXTRA_PROGRAMS += t/fuzz/crontab_live
t_fuzz_crontab_fuzz_SOURCES = t/fuzz/crontab_fuzz.c $(FUZZ_MODULES) modules/crontab.c modules/crontab_schedule.c t/fuzz/replay.c
t_fuzz_crontab_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_crontab_fuzz_LDADD = libfuzz.a libhost.a $(HOST_LIBS)
t_fuzz_crontab_live_SOURCES = t/fuzz/crontab_fuzz.c $(FUZZ_MODULES) modules/crontab.c modules/crontab_schedule.c t/fuzz/mutate.c
t_fuzz_crontab_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_crontab_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_crontab_live_LDADD = libfuzz.a libhost.a $(HOST_LIBS)

UNIT_TESTS += t/fuzz/crontab_schedule_fuzz
EXTRA_PROGRAMS += t/fuzz/crontab_schedule_live
t_fuzz_crontab_schedule_fuzz_SOURCES = t/fuzz/crontab_schedule_fuzz.c modules/crontab_schedule.c t/fuzz/replay.c
t_fuzz_crontab_schedule_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_crontab_schedule_fuzz_LDADD = libfuzz.a $(TYPES_LIBS)
t_fuzz_crontab_schedule_live_SOURCES = t/fuzz/crontab_schedule_fuzz.c modules/crontab_schedule.c
t_fuzz_crontab_schedule_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_crontab_schedule_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_crontab_schedule_live_LDADD = libfuzz.a $(TYPES_LIBS)

UNIT_TESTS += t/fuzz/ctl_fuzz
EXTRA_PROGRAMS += t/fuzz/ctl_live
t_fuzz_ctl_fuzz_SOURCES = t/fuzz/ctl_fuzz.c t/fuzz/replay.c
t_fuzz_ctl_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_ctl_fuzz_LDADD = libfuzz.a $(CTL_LIBS)
t_fuzz_ctl_live_SOURCES = t/fuzz/ctl_fuzz.c t/fuzz/mutate.c
t_fuzz_ctl_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_ctl_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_ctl_live_LDADD = libfuzz.a $(CTL_LIBS)

UNIT_TESTS += t/fuzz/declaration_fuzz
EXTRA_PROGRAMS += t/fuzz/declaration_live
t_fuzz_declaration_fuzz_SOURCES = t/fuzz/declaration_fuzz.c t/fuzz/replay.c
t_fuzz_declaration_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_declaration_fuzz_LDADD = libfuzz.a libhost.a $(HOST_LIBS)
t_fuzz_declaration_live_SOURCES = t/fuzz/declaration_fuzz.c
t_fuzz_declaration_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_declaration_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_declaration_live_LDADD = libfuzz.a libhost.a $(HOST_LIBS)

UNIT_TESTS += t/fuzz/describe_fuzz
EXTRA_PROGRAMS += t/fuzz/describe_live
t_fuzz_describe_fuzz_SOURCES = t/fuzz/describe_fuzz.c t/fuzz/replay.c
t_fuzz_describe_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_describe_fuzz_LDADD = libfuzz.a libhost.a $(HOST_LIBS)
t_fuzz_describe_live_SOURCES = t/fuzz/describe_fuzz.c t/fuzz/mutate.c
t_fuzz_describe_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_describe_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_describe_live_LDADD = libfuzz.a libhost.a $(HOST_LIBS)

UNIT_TESTS += t/fuzz/diff_fuzz
EXTRA_PROGRAMS += t/fuzz/diff_live
t_fuzz_diff_fuzz_SOURCES = t/fuzz/diff_fuzz.c t/fuzz/replay.c
t_fuzz_diff_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_diff_fuzz_LDADD = libfuzz.a $(CHANGE_LIBS)
t_fuzz_diff_live_SOURCES = t/fuzz/diff_fuzz.c
t_fuzz_diff_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_diff_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_diff_live_LDADD = libfuzz.a $(CHANGE_LIBS)

UNIT_TESTS += t/fuzz/etcd_wire_fuzz
EXTRA_PROGRAMS += t/fuzz/etcd_wire_live
t_fuzz_etcd_wire_fuzz_SOURCES = t/fuzz/etcd_wire_fuzz.c t/fuzz/replay.c
t_fuzz_etcd_wire_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_etcd_wire_fuzz_LDADD = libfuzz.a $(ETCD_LIBS)
t_fuzz_etcd_wire_live_SOURCES = t/fuzz/etcd_wire_fuzz.c t/fuzz/mutate.c
t_fuzz_etcd_wire_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_etcd_wire_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_etcd_wire_live_LDADD = libfuzz.a $(ETCD_LIBS)

UNIT_TESTS += t/fuzz/exec_fuzz
EXTRA_PROGRAMS += t/fuzz/exec_live
t_fuzz_exec_fuzz_SOURCES = t/fuzz/exec_fuzz.c $(FUZZ_MODULES) $(FUZZ_EXEC) t/fuzz/replay.c
t_fuzz_exec_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_exec_fuzz_LDADD = libfuzz.a libhost.a $(HOST_LIBS)
t_fuzz_exec_live_SOURCES = t/fuzz/exec_fuzz.c $(FUZZ_MODULES) $(FUZZ_EXEC) t/fuzz/mutate.c
t_fuzz_exec_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_exec_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_exec_live_LDADD = libfuzz.a libhost.a $(HOST_LIBS)

UNIT_TESTS += t/fuzz/flag_fuzz
EXTRA_PROGRAMS += t/fuzz/flag_live
t_fuzz_flag_fuzz_SOURCES = t/fuzz/flag_fuzz.c t/fuzz/replay.c
t_fuzz_flag_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_flag_fuzz_LDADD = libfuzz.a $(DAEMON_LIBS)
t_fuzz_flag_live_SOURCES = t/fuzz/flag_fuzz.c t/fuzz/mutate.c
t_fuzz_flag_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_flag_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_flag_live_LDADD = libfuzz.a $(DAEMON_LIBS)

UNIT_TESTS += t/fuzz/fpm_pools_fuzz
EXTRA_PROGRAMS += t/fuzz/fpm_pools_live
t_fuzz_fpm_pools_fuzz_SOURCES = t/fuzz/fpm_pools_fuzz.c $(FUZZ_MODULES) modules/fpm-pools.c modules/fpm_settings.c t/fuzz/replay.c
t_fuzz_fpm_pools_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_fpm_pools_fuzz_LDADD = libfuzz.a libhost.a $(HOST_LIBS)
t_fuzz_fpm_pools_live_SOURCES = t/fuzz/fpm_pools_fuzz.c $(FUZZ_MODULES) modules/fpm-pools.c modules/fpm_settings.c t/fuzz/mutate.c
t_fuzz_fpm_pools_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_fpm_pools_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_fpm_pools_live_LDADD = libfuzz.a libhost.a $(HOST_LIBS)

UNIT_TESTS += t/fuzz/gateway_fuzz
EXTRA_PROGRAMS += t/fuzz/gateway_live
t_fuzz_gateway_fuzz_SOURCES = t/fuzz/gateway_fuzz.c t/fuzz/timers.c t/fuzz/timers.h t/fuzz/replay.c
t_fuzz_gateway_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_gateway_fuzz_LDADD = libfuzz.a $(DAEMON_LIBS)
t_fuzz_gateway_live_SOURCES = t/fuzz/gateway_fuzz.c t/fuzz/timers.c t/fuzz/timers.h t/fuzz/mutate.c
t_fuzz_gateway_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_gateway_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_gateway_live_LDADD = libfuzz.a $(DAEMON_LIBS)

UNIT_TESTS += t/fuzz/history_fuzz
EXTRA_PROGRAMS += t/fuzz/history_live
t_fuzz_history_fuzz_SOURCES = t/fuzz/history_fuzz.c t/fuzz/replay.c
t_fuzz_history_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_history_fuzz_LDADD = libfuzz.a $(CHANGE_LIBS)
t_fuzz_history_live_SOURCES = t/fuzz/history_fuzz.c t/fuzz/mutate.c
t_fuzz_history_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_history_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_history_live_LDADD = libfuzz.a $(CHANGE_LIBS)

UNIT_TESTS += t/fuzz/http_stream_fuzz
EXTRA_PROGRAMS += t/fuzz/http_stream_live
t_fuzz_http_stream_fuzz_SOURCES = t/fuzz/http_stream_fuzz.c t/fuzz/replay.c
t_fuzz_http_stream_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_http_stream_fuzz_LDADD = libfuzz.a $(DAEMON_LIBS)
t_fuzz_http_stream_live_SOURCES = t/fuzz/http_stream_fuzz.c
t_fuzz_http_stream_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_http_stream_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_http_stream_live_LDADD = libfuzz.a $(DAEMON_LIBS)

UNIT_TESTS += t/fuzz/job_fuzz
EXTRA_PROGRAMS += t/fuzz/job_live
t_fuzz_job_fuzz_SOURCES = t/fuzz/job_fuzz.c t/fuzz/replay.c
t_fuzz_job_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_job_fuzz_LDADD = libfuzz.a $(DAEMON_LIBS)
t_fuzz_job_live_SOURCES = t/fuzz/job_fuzz.c t/fuzz/mutate.c
t_fuzz_job_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_job_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_job_live_LDADD = libfuzz.a $(DAEMON_LIBS)

UNIT_TESTS += t/fuzz/journal_fuzz
EXTRA_PROGRAMS += t/fuzz/journal_live
t_fuzz_journal_fuzz_SOURCES = t/fuzz/journal_fuzz.c t/fuzz/replay.c
t_fuzz_journal_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_journal_fuzz_LDADD = libfuzz.a $(CHANGE_LIBS)
t_fuzz_journal_live_SOURCES = t/fuzz/journal_fuzz.c
t_fuzz_journal_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_journal_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_journal_live_LDADD = libfuzz.a $(CHANGE_LIBS)

UNIT_TESTS += t/fuzz/link_fuzz
EXTRA_PROGRAMS += t/fuzz/link_live
t_fuzz_link_fuzz_SOURCES = t/fuzz/link_fuzz.c t/fuzz/replay.c
t_fuzz_link_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_link_fuzz_LDADD = libfuzz.a $(OBJECTS_LIBS)
t_fuzz_link_live_SOURCES = t/fuzz/link_fuzz.c
t_fuzz_link_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_link_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_link_live_LDADD = libfuzz.a $(OBJECTS_LIBS)

UNIT_TESTS += t/fuzz/local_folder_fuzz
EXTRA_PROGRAMS += t/fuzz/local_folder_live
t_fuzz_local_folder_fuzz_SOURCES = t/fuzz/local_folder_fuzz.c t/fuzz/replay.c
t_fuzz_local_folder_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_local_folder_fuzz_LDADD = libfuzz.a $(DAEMON_LIBS)
t_fuzz_local_folder_live_SOURCES = t/fuzz/local_folder_fuzz.c t/fuzz/mutate.c
t_fuzz_local_folder_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_local_folder_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_local_folder_live_LDADD = libfuzz.a $(DAEMON_LIBS)

UNIT_TESTS += t/fuzz/objects_fuzz
EXTRA_PROGRAMS += t/fuzz/objects_live
t_fuzz_objects_fuzz_SOURCES = t/fuzz/objects_fuzz.c t/fuzz/replay.c
t_fuzz_objects_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_objects_fuzz_LDADD = libfuzz.a $(OBJECTS_LIBS)
t_fuzz_objects_live_SOURCES = t/fuzz/objects_fuzz.c t/fuzz/mutate.c
t_fuzz_objects_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_objects_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_objects_live_LDADD = libfuzz.a $(OBJECTS_LIBS)

UNIT_TESTS += t/fuzz/objects_etcd_fuzz
EXTRA_PROGRAMS += t/fuzz/objects_etcd_live
t_fuzz_objects_etcd_fuzz_SOURCES = t/fuzz/objects_etcd_fuzz.c t/fuzz/replay.c
t_fuzz_objects_etcd_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_objects_etcd_fuzz_LDADD = libfuzz.a $(OBJECTS_LIBS)
t_fuzz_objects_etcd_live_SOURCES = t/fuzz/objects_etcd_fuzz.c t/fuzz/mutate.c
t_fuzz_objects_etcd_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_objects_etcd_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_objects_etcd_live_LDADD = libfuzz.a $(OBJECTS_LIBS)

UNIT_TESTS += t/fuzz/objects_http_fuzz
EXTRA_PROGRAMS += t/fuzz/objects_http_live
t_fuzz_objects_http_fuzz_SOURCES = t/fuzz/objects_http_fuzz.c t/fuzz/replay.c
t_fuzz_objects_http_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_objects_http_fuzz_LDADD = libfuzz.a $(OBJECTS_LIBS)
t_fuzz_objects_http_live_SOURCES = t/fuzz/objects_http_fuzz.c t/fuzz/mutate.c
t_fuzz_objects_http_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_objects_http_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_objects_http_live_LDADD = libfuzz.a $(OBJECTS_LIBS)

UNIT_TESTS += t/fuzz/planner_result_fuzz
EXTRA_PROGRAMS += t/fuzz/planner_result_live
t_fuzz_planner_result_fuzz_SOURCES = t/fuzz/planner_result_fuzz.c t/fuzz/replay.c
t_fuzz_planner_result_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_planner_result_fuzz_LDADD = libfuzz.a libhost.a $(HOST_LIBS)
t_fuzz_planner_result_live_SOURCES = t/fuzz/planner_result_fuzz.c
t_fuzz_planner_result_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_planner_result_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_planner_result_live_LDADD = libfuzz.a libhost.a $(HOST_LIBS)

UNIT_TESTS += t/fuzz/rollout_fuzz
EXTRA_PROGRAMS += t/fuzz/rollout_live
t_fuzz_rollout_fuzz_SOURCES = t/fuzz/rollout_fuzz.c t/fuzz/timers.c t/fuzz/timers.h t/fuzz/rollout_store.c t/fuzz/rollout_store.h t/fuzz/replay.c
t_fuzz_rollout_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_rollout_fuzz_LDADD = libfuzz.a $(DAEMON_LIBS)
t_fuzz_rollout_live_SOURCES = t/fuzz/rollout_fuzz.c t/fuzz/timers.c t/fuzz/timers.h t/fuzz/rollout_store.c t/fuzz/rollout_store.h t/fuzz/mutate.c
t_fuzz_rollout_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_rollout_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_rollout_live_LDADD = libfuzz.a $(DAEMON_LIBS)

UNIT_TESTS += t/fuzz/mode_run_fuzz
EXTRA_PROGRAMS += t/fuzz/mode_run_live
t_fuzz_mode_run_fuzz_SOURCES = t/fuzz/mode_run_fuzz.c t/fuzz/replay.c
t_fuzz_mode_run_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_mode_run_fuzz_LDADD = libfuzz.a libhost.a $(HOST_LIBS)
t_fuzz_mode_run_live_SOURCES = t/fuzz/mode_run_fuzz.c t/fuzz/mutate.c
t_fuzz_mode_run_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_mode_run_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_mode_run_live_LDADD = libfuzz.a libhost.a $(HOST_LIBS)

UNIT_TESTS += t/fuzz/state_fuzz
EXTRA_PROGRAMS += t/fuzz/state_live
t_fuzz_state_fuzz_SOURCES = t/fuzz/state_fuzz.c t/fuzz/replay.c
t_fuzz_state_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_state_fuzz_LDADD = libfuzz.a $(CHANGE_LIBS)
t_fuzz_state_live_SOURCES = t/fuzz/state_fuzz.c t/fuzz/mutate.c
t_fuzz_state_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_state_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_state_live_LDADD = libfuzz.a $(CHANGE_LIBS)

UNIT_TESTS += t/fuzz/wire_fuzz
EXTRA_PROGRAMS += t/fuzz/wire_live
t_fuzz_wire_fuzz_SOURCES = t/fuzz/wire_fuzz.c t/fuzz/plans.c t/fuzz/plans.h t/fuzz/replay.c
t_fuzz_wire_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_wire_fuzz_LDADD = libfuzz.a $(CHANGE_LIBS)
t_fuzz_wire_live_SOURCES = t/fuzz/wire_fuzz.c t/fuzz/plans.c t/fuzz/plans.h
t_fuzz_wire_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_wire_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_wire_live_LDADD = libfuzz.a $(CHANGE_LIBS)

UNIT_TESTS += t/fuzz/certificates_fuzz
EXTRA_PROGRAMS += t/fuzz/certificates_live
t_fuzz_certificates_fuzz_SOURCES = t/fuzz/certificates_fuzz.c $(FUZZ_MODULES) modules/certificates.c modules/certificate.c modules/certificate.h t/fuzz/replay.c
t_fuzz_certificates_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_certificates_fuzz_LDADD = libfuzz.a libhost.a $(HOST_LIBS) $(SSL_LIBS)
t_fuzz_certificates_live_SOURCES = t/fuzz/certificates_fuzz.c $(FUZZ_MODULES) modules/certificates.c modules/certificate.c modules/certificate.h t/fuzz/mutate.c
t_fuzz_certificates_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_certificates_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_certificates_live_LDADD = libfuzz.a libhost.a $(HOST_LIBS) $(SSL_LIBS)

UNIT_TESTS += t/fuzz/grammar_fuzz
EXTRA_PROGRAMS += t/fuzz/grammar_live
t_fuzz_grammar_fuzz_SOURCES = t/fuzz/grammar_fuzz.c t/fuzz/replay.c
t_fuzz_grammar_fuzz_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_grammar_fuzz_LDADD = libfuzz.a $(TYPES_LIBS)
t_fuzz_grammar_live_SOURCES = t/fuzz/grammar_fuzz.c t/fuzz/mutate.c
t_fuzz_grammar_live_CPPFLAGS = $(FUZZ_CPPFLAGS)
t_fuzz_grammar_live_LDFLAGS = $(LIVE_LINK)
t_fuzz_grammar_live_LDADD = libfuzz.a $(TYPES_LIBS)
