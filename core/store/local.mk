# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libstore.a
libstore_a_SOURCES = \
	core/store/endpoints.c core/store/endpoints.h \
	core/store/etcd.c core/store/etcd.h \
	core/store/etcd_internal.h \
	core/store/etcd_login.c \
	core/store/local_file.c core/store/local_file.h \
	core/store/local_folder.c core/store/local_folder.h \
	core/store/local_inotify.c core/store/local_inotify.h \
	core/store/local_queue.c core/store/local_queue.h \
	core/store/local_scan.c core/store/local_scan.h \
	core/store/local_table.c core/store/local_table.h \
	core/store/store.c core/store/store.h core/store/store_kv.c \
	core/store/store_backend.h \
	core/store/store_etcd.c core/store/store_etcd.h \
	core/store/store_etcd_key.c \
	core/store/store_etcd_watch.c \
	core/store/store_local.c core/store/store_local.h \
	core/store/store_local_lease.c \
	core/store/store_local_txn.c \
	core/store/store_local_watch.c \
	core/store/txn.c core/store/txn.h

STORE_LIBS = libstore.a $(LOOP_LIBS)
