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

/* Connections at a time; one that sends no request for so long, or does not
 * take its answer, is closed. A client that does not read what is said
 * meanwhile loses its connection when so many bytes wait for it. */
#define CLIENTS_MAX 64
#define CLIENT_REQUEST_MS 10000
#define CLIENT_ANSWER_MS 60000
#define CLIENT_OUTPUT_MAX (256 * 1024)

/* The longest text that a request may put into the store, in bytes. */
#define CLIENT_TEXT_MAX 4096

struct control {
    struct control_view view;
    struct io io;
    char *path;
    struct client *clients;
    size_t n_clients;
};

enum client_waits {
    CLIENT_WAITS_NOT,
    CLIENT_WAITS_RUN,
    CLIENT_WAITS_RELOAD,
};

struct client;

/* What an op does with the store's reply. */
typedef void (*client_reply_fn)(struct client *client,
                                const struct store_reply *reply);

struct client {
    struct control *control;
    const struct control_view *view;
    struct io io;
    struct buf input, output;
    size_t large; /* bytes of the request, which is kept as JSON */
    int fds[2];   /* passed with the request: its output, its errors; or -1 */
    unsigned uid;
    json_t *request;
    bool answered; /* the last line is in output */
    enum client_waits waits;
    int64_t ticket;          /* CLIENT_WAITS_RUN */
    struct store_call *call; /* running for it; cancelled with it */
    bool changes;            /* the call is no mere look */
    client_reply_fn then;    /* gets its reply */
    struct child *child;     /* the same; killed with it */
    int64_t value;           /* what the op's steps hand on */
    struct timer patience;   /* until the request, and after the answer */
    struct client *next;
};

/* Takes fd, a connection that was accepted. */
void client_open(struct control *control, int fd);
void client_close(struct client *client);
/* Hands client->request to its function. */
void control_dispatch(struct client *client);

/* The last line; result is taken. */
void client_ok(struct client *client, json_t *result);
void client_fail(struct client *client, enum ccm_exit status,
                 const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Is that field, if it is there, a text short enough for the store? Else
 * false, after client_fail. */
bool client_check_text(struct client *client, const char *field);
void client_say(struct client *client, const char *text);

/* Takes txn. Commits it for the client; then is called with the store's reply,
 * borrowed (valid during the call). If there is none, the client is told. */
void client_commit(struct client *client, struct txn *txn,
                   client_reply_fn then);

/* "operator (uid 0)". Returns new (freed with free). */
char *client_who(const struct client *client);

/* The value as JSON of at most 1 MiB, new (freed with json_decref); NULL if it
 * is none. */
json_t *control_value(const struct store_kv *kv);

/* Each handles the request in client->request. */
typedef void (*client_fn)(struct client *client);

void control_status(struct client *client);
void control_module_list(struct client *client);
void control_module_reload(struct client *client);
void control_nodes(struct client *client);
void control_queue(struct client *client);
void control_publish(struct client *client);
void control_object_put(struct client *client);
void control_object_delete(struct client *client);
void control_object_import(struct client *client);
void control_flag_show(struct client *client);
void control_flag_set(struct client *client);
void control_flag_clear(struct client *client);
void control_apply(struct client *client);
void control_plan(struct client *client);
void control_object_list(struct client *client);
void control_object_get(struct client *client);
void control_history(struct client *client);

#endif
