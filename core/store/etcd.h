/* SPDX-License-Identifier: ISC */
#ifndef CCM_STORE_ETCD_H
#define CCM_STORE_ETCD_H

/*
 * A client of etcd's v3 JSON gateway: several endpoints, a token if a user is
 * configured, and calls that are repeated only when the request certainly was
 * not carried out. etcd/etcd_wire.h has the messages.
 *
 * Callbacks come from the loop, never from inside a call.
 */

#include "base/buf.h"
#include "base/error.h"
#include "config/config.h"
#include "loop/loop.h"

#include <jansson.h>
#include <stdint.h>

/* The longest reply, and the longest line of a stream, in bytes. */
#define ETCD_REPLY_MAX (16 * 1024 * 1024)
#define ETCD_LINE_MAX (4 * 1024 * 1024)
#define ETCD_CONNECT_TIMEOUT_MS 2000

struct etcd;
struct etcd_call;

/* Copies store's settings. timeout_ms: of a call, and of a stream until its
 * first line. Sets *out, new (freed with etcd_close). Returns 0 or -errno. */
int etcd_open(struct loop *loop, const struct config_store *store,
              int64_t timeout_ms, struct etcd **out, struct error *err);
/* Cancels what is in flight. */
void etcd_close(struct etcd *etcd);

/*
 * r: 0, -EPERM (not allowed; the password is wrong), -EINVAL, -ENOENT as in
 * etcd/etcd_wire.h: answered, not carried out. With any other error it is
 * unknown whether the request was carried out. answer is borrowed (valid during
 * the callback), and NULL if r < 0.
 */
struct etcd_ops {
    /* A line of a stream; NULL: no stream, one answer. */
    void (*line)(void *userdata, const json_t *line);
    /* The call is over and freed. A stream's r is never 0. */
    void (*done)(void *userdata, const json_t *answer, int r,
                 const struct error *err);
};

/* Takes body's bytes (it is empty afterwards). path: ETCD_WIRE_..._PATH.
 * Keeps ops. Returns borrowed (valid until done). */
struct etcd_call *etcd_post(struct etcd *etcd, const char *path,
                            struct buf *body, const struct etcd_ops *ops,
                            void *userdata);
/* done will not be called. NULL is legal; legal in the call's own line(). */
void etcd_cancel(struct etcd_call *call);

/* Gets another token before the next call, because this one seems to be
 * invalid. */
void etcd_forget_token(struct etcd *etcd);
/* Is there a user, so that another token may help? */
bool etcd_has_user(const struct etcd *etcd);

/* The endpoint in use. Returns borrowed (valid until etcd_close). */
const char *etcd_where(const struct etcd *etcd);

#endif
