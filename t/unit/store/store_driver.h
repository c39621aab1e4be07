/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_STORE_STORE_DRIVER_H
#define CCM_T_UNIT_STORE_STORE_DRIVER_H

/* Drives a store from a test: each call runs the loop until it is answered,
 * with a deadline; watches write what they see into a text. */

#include "unit/unit.h"

#include "base/buf.h"
#include "store/store.h"

#define DRIVER_DEADLINE_MS unit_ms(30000)

struct store_driver {
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

void driver_init(struct store_driver *driver, const struct config *config);
void driver_done(struct store_driver *driver);

void driver_step(struct store_driver *driver);
/* Runs the loop until seen holds text. */
void driver_until(struct store_driver *driver, const char *text);

/* Takes txn. Returns the answer's r. */
int driver_commit(struct store_driver *driver, struct txn *txn);
int driver_put(struct store_driver *driver, const char *key, const char *value);
int driver_delete(struct store_driver *driver, const char *key);
/* The value, "" if the key is not there. */
const char *driver_get(struct store_driver *driver, const char *key);
/* The range's keys and values. */
const char *driver_below(struct store_driver *driver, const char *prefix,
                         const struct txn_range *how);
int driver_grant(struct store_driver *driver, int64_t ttl_s);
int driver_keep(struct store_driver *driver, int64_t lease);
int driver_revoke(struct store_driver *driver, int64_t lease);

struct store_watch *driver_watch(struct store_driver *driver, const char *first,
                                 const char *end, int64_t from_revision);

/* Callbacks that fill a driver (userdata). */
void driver_on_reply(void *userdata, const struct store_reply *reply, int r,
                     const struct error *err);
extern const struct store_watch_ops driver_watch_ops;

#endif
