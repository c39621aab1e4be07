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
    char *token;             /* NULL: none yet, or forgotten */
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
    struct timer timer; /* starts it, reports it, or a stream is too late */
    struct http_transfer *transfer;
};

/* A call at the end of the list, waiting. Returns borrowed (valid until it is
 * done or cancelled). */
struct etcd_call *etcd_new_call(struct etcd *etcd, const char *path,
                                const struct etcd_ops *ops, void *userdata);
void etcd_send(struct etcd_call *call);
/* Reports a failure from the loop. */
void etcd_fail_later(struct etcd_call *call, int r, const struct error *err);

/* Fetches a token; calls that wait for it go on, or fail, with the outcome. */
void etcd_login(struct etcd *etcd);

#endif
