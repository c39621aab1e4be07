/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_SIM_SIM_SERVER_H
#define CCM_T_SIM_SIM_SERVER_H

/* etcd itself: keys with revisions, leases, transactions, and every change
 * that there was. It carries out what arrives, at once and completely; what
 * may happen on the way there and back is sim_store.c's. */

#include "store/store.h"

#define SIM_KEY_SIZE 64
#define SIM_RANGES_MAX 24

struct sim_change {
    char key[SIM_KEY_SIZE];
    char *value; /* until the next reset */
    int64_t revision;
    int64_t created; /* its create revision; 0 when it was deleted */
    bool deleted;
};

void sim_server_reset(void);
/* Ends the leases whose time has come. */
void sim_server_expire(void);

/* A backup of it all; and back to the last one (false: there is none), with so
 * many revisions of what is nobody's here since. */
void sim_server_save(void);
bool sim_server_restore(int64_t gone_on);

int64_t sim_server_revision(void);
/* All changes since the reset, oldest first. Returns borrowed (valid until
 * the next change). */
const struct sim_change *sim_server_changes(size_t *n);

/* Carries txn out. Fills reply, whose ranges are put into ranges and last
 * until the next reset. Returns 0, or -ENOENT: no such lease. */
int sim_server_commit(const struct txn *txn, struct store_reply *reply,
                      struct store_range ranges[SIM_RANGES_MAX]);

/* Returns the new lease. */
int64_t sim_server_grant(int64_t ttl_s);
/* Returns its seconds, or 0: no such lease. */
int64_t sim_server_keep(int64_t lease);
/* Returns 0 or -ENOENT. */
int sim_server_revoke(int64_t lease);

/* When the request that is being carried out was sent; INT64_MAX: none is. A
 * node's requests overtake each other, as on several connections. What one of
 * them does to a place in the queue that was taken after it had been sent is a
 * violation: no write of a node may be harmful late. */
extern int64_t sim_request_sent_us;

/* Who asks, and which node that is. */
struct store {
    int node;
};

/* sim_store.c: how long a message takes. */
int64_t sim_net_delay_us(void);
/* sim_watch.c */
void sim_watch_reset(void);
/* All end, but for some that say nothing of it. */
void sim_watch_break_all(void);
/* Tells those who watch. */
void sim_store_deliver(const struct sim_change *change);

/* A copy that lasts until the next reset. */
char *sim_text(const char *text);

#endif
