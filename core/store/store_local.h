/* SPDX-License-Identifier: ISC */
#ifndef CCM_STORE_STORE_LOCAL_H
#define CCM_STORE_STORE_LOCAL_H

/* Shared by the store_local*.c files alone. */

#include "store/local_folder.h"
#include "store/local_inotify.h"
#include "store/local_queue.h"
#include "store/local_table.h"
#include "store/store_backend.h"

struct local_watch;
struct local_lease;

struct store_local {
    struct store base;
    struct loop *loop;
    struct local_folder folder;
    struct local_table table;
    struct local_inotify inotify;
    struct local_queue *queue;
    struct local_watch *watches;
    struct local_lease *leases;
    int64_t revision;
    int64_t last_lease;
};

/* --------------------------------------------------------- store_local_txn.c
 */

/* Carries txn out. Fills *reply, new (freed with local_reply_done), if it
 * returns 0; otherwise -errno, and nothing has changed. */
int local_txn_run(struct store_local *store, const struct txn *txn,
                  struct store_reply *reply, struct error *err);
void local_reply_done(struct store_reply *reply);

/* ------------------------------------------------------- store_local_watch.c
 */

struct store_watch *local_watch_open(struct store *base,
                                     struct store_watch_spec spec);
void local_watch_close(struct store_watch *base);
/* Queues the event for every watch that key is in. Copies kv. */
void local_watch_notify(struct store_local *store, const struct store_kv *kv,
                        bool deleted);

/* ------------------------------------------------------- store_local_lease.c
 */

struct local_lease *local_lease_find(const struct store_local *store,
                                     int64_t id);
int64_t local_lease_grant(struct store_local *store, int64_t ttl_s);
/* Renews it. Returns its ttl in seconds, or 0 if it is gone. */
int64_t local_lease_keep(struct store_local *store, int64_t id);
/* Removes its keys, too. Returns 0 or -ENOENT. */
int local_lease_revoke(struct store_local *store, int64_t id);
/* Without their keys. */
void local_lease_free_all(struct store_local *store);

#endif
