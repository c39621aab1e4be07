# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libcluster.a
libcluster_a_SOURCES = \
	core/cluster/control.h \
	core/cluster/endpoints.c core/cluster/endpoints.h \
	core/cluster/etcd.c core/cluster/etcd.h \
	core/cluster/etcd_internal.h core/cluster/etcd_login.c \
	core/cluster/http.c core/cluster/http.h \
	core/cluster/local_folder.c core/cluster/local_folder.h \
	core/cluster/local_hand.c core/cluster/local_hand.h \
	core/cluster/local_queue.c core/cluster/local_queue.h \
	core/cluster/local_scan.c core/cluster/local_scan.h \
	core/cluster/local_table.c core/cluster/local_table.h \
	core/cluster/loop.c core/cluster/loop.h \
	core/cluster/store.c core/cluster/store.h \
	core/cluster/store_backend.h \
	core/cluster/store_etcd.c core/cluster/store_etcd.h \
	core/cluster/store_etcd_watch.c \
	core/cluster/store_local.c core/cluster/store_local.h \
	core/cluster/store_local_lease.c core/cluster/store_local_txn.c \
	core/cluster/store_local_watch.c \
	core/cluster/txn.c core/cluster/txn.h

CLUSTER_LIBS = libcluster.a $(BASE_LIBS) $(CURL_LIBS)

# The roll-out and the daemon around it.
libcluster_a_SOURCES += \
	core/cluster/backoff.c core/cluster/backoff.h \
	core/cluster/bus.c core/cluster/bus.h \
	core/cluster/catalog.c core/cluster/catalog.h \
	core/cluster/child.c core/cluster/child.h \
	core/cluster/client.c core/cluster/client.h \
	core/cluster/control.c \
	core/cluster/control_flag.c \
	core/cluster/control_run.c \
	core/cluster/control_nodes.c \
	core/cluster/control_status.c \
	core/cluster/control_store.c \
	core/cluster/daemon.c core/cluster/daemon.h \
	core/cluster/events.c core/cluster/events.h \
	core/cluster/flag.c core/cluster/flag.h \
	core/cluster/identity.c core/cluster/identity.h \
	core/cluster/job.c core/cluster/job.h \
	core/cluster/notify.c core/cluster/notify.h \
	core/cluster/queue.c core/cluster/queue.h \
	core/cluster/queue_sweep.c \
	core/cluster/queue_txn.c \
	core/cluster/rollout.c core/cluster/rollout.h \
	core/cluster/rollout_link.c \
	core/cluster/rollout_retry.c \
	core/cluster/rollout_run.c \
	core/cluster/rollout_state.c \
	core/cluster/session.c core/cluster/session.h \
	core/cluster/settle.c core/cluster/settle.h \
	core/cluster/turn.c core/cluster/turn.h \
	core/cluster/turn_close.c core/cluster/turn_internal.h

sbin_PROGRAMS += ccmd
ccmd_SOURCES = core/cluster/ccmd.c
ccmd_LDADD = $(CLUSTER_LIBS)
