/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_STORE_PROBE_H
#define CCM_T_STORE_PROBE_H

/* Drives a store from a test: each call runs the loop until it is answered,
 * with a deadline; watches write what they see into a text. */

#include "unit/unit.h"

#include "base/buf.h"
#include "store/store.h"

#define PROBE_DEADLINE_MS unit_ms(30000)

struct probe {
    struct loop *loop;
    struct store *store;
    /* The last answer. */
    bool answered;
    int r;
    bool succeeded;
    int64_t revision;
    int64_t lease, ttl_s;
    int64_t count;     /* of the last range */
    struct buf ranges; /* "key=value " ..., "| " behind each range */
    int64_t create_revision, mod_revision, key_lease; /* of the last key */
    char error[2048];
    /* What watches saw: "opened ", "put k=v ", "del k ", "lost R ". */
    struct buf seen;
    int64_t seen_revision;
    size_t passes; /* of the loop */
};

void probe_init(struct probe *probe, const struct config *config);
void probe_done(struct probe *probe);

void probe_step(struct probe *probe);
/* Runs the loop until seen holds text. */
void probe_until(struct probe *probe, const char *text);

/* Takes txn. Returns the answer's r. */
int probe_commit(struct probe *probe, struct txn *txn);
int probe_put(struct probe *probe, const char *key, const char *value);
int probe_delete(struct probe *probe, const char *key);
/* The value, "" if the key is not there. */
const char *probe_get(struct probe *probe, const char *key);
/* The range's keys and values. */
const char *probe_below(struct probe *probe, const char *prefix,
                        const struct txn_range *how);
int probe_grant(struct probe *probe, int64_t ttl_s);
int probe_keep(struct probe *probe, int64_t lease);
int probe_revoke(struct probe *probe, int64_t lease);

struct store_watch *probe_watch(struct probe *probe, const char *first,
                                const char *end, int64_t from_revision);

/* Callbacks that fill a probe (userdata). */
void probe_on_reply(void *userdata, const struct store_reply *reply, int r,
                    const struct error *err);
extern const struct store_watch_ops probe_watch_ops;

#endif
