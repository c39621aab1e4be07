/* SPDX-License-Identifier: ISC */
#ifndef CCM_CONTROL_CONNECTION_H
#define CCM_CONTROL_CONNECTION_H

/* One connection to the control socket; what the control_*.c files share. */

#include "base/buf.h"
#include "base/protocol.h"
#include "config/config.h"
#include "control/control.h"
#include "loop/child.h"
#include "rollout/rollout.h"
#include "store/store.h"

#include <jansson.h>

/* Connections at a time; one that sends no request within this time, or does
 * not read its answer, is closed. A client that does not read its progress
 * lines loses its connection when this many bytes wait. */
#define CONNECTIONS_MAX 64
#define CONNECTION_REQUEST_MS 10000
#define CONNECTION_ANSWER_MS 60000
#define CONNECTION_OUTPUT_MAX (256 * 1024)

/* The longest text that a request may put into the store, in bytes. */
#define CONNECTION_TEXT_MAX 4096

struct connection;

struct control {
    struct control_view view;
    void (*dispatch)(struct connection *connection); /* control_dispatch */
    struct io io;
    char *path;
    struct connection *clients;
    size_t n_clients;
};

enum connection_waits {
    CONNECTION_WAITS_NOT,
    CONNECTION_WAITS_RUN,
    CONNECTION_WAITS_RELOAD,
};

/* The function of an op that handles the store's reply. */
typedef void (*connection_reply_fn)(struct connection *connection,
                                    const struct store_reply *reply);

struct connection {
    struct control *control;
    const struct control_view *view;
    struct io io;
    struct buf input, output;
    size_t large; /* bytes of the request, which is kept as JSON */
    int fds[2];   /* passed with the request: for output and errors; or -1 */
    unsigned uid;
    json_t *request;
    bool answered; /* the last line is in output */
    enum connection_waits waits;
    int64_t ticket;           /* CONNECTION_WAITS_RUN */
    struct store_call *call;  /* running for it; cancelled with it */
    bool changes;             /* the call does more than read */
    connection_reply_fn then; /* gets its reply */
    struct child *child;      /* the same; killed with it */
    int64_t value;            /* a value passed between the steps of the op */
    struct timer patience;    /* until the request, and after the answer */
    struct connection *next;
};

/* Takes fd, a connection that was accepted. */
void connection_open(struct control *control, int fd);
void connection_close(struct connection *connection);
/* Hands connection->request to its function. */
void control_dispatch(struct connection *connection);

/* The last line; result is taken. */
void connection_ok(struct connection *connection, json_t *result);
void connection_fail(struct connection *connection, enum ccm_exit status,
                     const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Is that field missing, or short enough for the store? Otherwise false, after
 * connection_fail. */
bool connection_check_text(struct connection *connection, const char *field);
void connection_say(struct connection *connection, const char *text);

/* Takes txn. Commits it for the connection; then is called with the store's
 * reply, borrowed (valid during the call). Without a reply, the client gets the
 * error. */
void connection_commit(struct connection *connection, struct txn *txn,
                       connection_reply_fn then);

/* "operator (uid 0)". Returns new (freed with free). */
char *connection_who(const struct connection *connection);

/* Each handles the request in connection->request. */
typedef void (*connection_fn)(struct connection *connection);

void control_status(struct connection *connection);
void control_module_list(struct connection *connection);
void control_module_reload(struct connection *connection);
void control_nodes(struct connection *connection);
void control_queue(struct connection *connection);
void control_publish(struct connection *connection);
void control_object_put(struct connection *connection);
void control_object_delete(struct connection *connection);
void control_object_import(struct connection *connection);
void control_flag_show(struct connection *connection);
void control_flag_set(struct connection *connection);
void control_flag_clear(struct connection *connection);
void control_apply(struct connection *connection);
void control_plan(struct connection *connection);
void control_object_list(struct connection *connection);
void control_object_get(struct connection *connection);
void control_history(struct connection *connection);

#endif
