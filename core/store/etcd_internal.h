/* SPDX-License-Identifier: ISC */
#ifndef CCM_STORE_ETCD_INTERNAL_H
#define CCM_STORE_ETCD_INTERNAL_H

/* Shared by etcd.c and etcd_login.c alone. */

#include "loop/http.h"
#include "store/endpoints.h"
#include "store/etcd.h"

struct etcd {
    struct loop *loop;
    struct http *http;
    struct endpoints endpoints;
    struct config_tls tls;
    char *user, *password_file;
    int64_t timeout_ms;
    char *token;             /* NULL: none yet, or forgotten; "": none is
                                needed */
    struct etcd_call *login; /* which fetches one */
    struct etcd_call *calls; /* oldest first */
};

struct etcd_call {
    struct etcd *etcd;
    struct etcd_call *next;
    const struct etcd_ops *ops;
    void *userdata;
    const char *path;
    struct buf body;
    bool is_login;
    bool renewed; /* it has had its second token */
    bool in_line;
    bool cancelled; /* from within line() */
    size_t tries;   /* endpoints that it was not sent to */
    size_t endpoint;
    int failed; /* to be reported; text in err */
    struct error err;
    struct timer timer; /* starts, reports, or ends a late stream */
    struct http_transfer *transfer;
};

/* Appends the request for a token. Returns 0, or -EPERM if the password cannot
 * be read. */
int etcd_login_ask(const struct etcd *etcd, struct buf *body,
                   struct error *err);
/* Takes the token from the answer, or the error r. Returns 0 or -errno; -EPERM
 * if the login was refused. */
int etcd_login_take(struct etcd *etcd, const json_t *answer, int r,
                    struct error *err);

#endif
