/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_SERVER_H
#define CCM_T_UNIT_SERVER_H

/* Servers for tests, on loopback and free ports: a private etcd, and fakes
 * that misbehave. They end with the test, whatever becomes of it. */

#include "unit.h"

#include <stdbool.h>
#include <sys/types.h>

/* ---------------------------------------------------------------------- etcd
 */

struct etcd_server {
    pid_t pid;
    int client_port, peer_port;
    bool tls; /* certificates in folder, client certificates wanted */
    char folder[64];
    char url[64];
};

/* Is there a program of that name in PATH? */
bool server_has(const char *program);

/* Starts one with fresh data, and waits until it answers. With tls set, it
 * makes ca.pem, cert.pem and key.pem in the folder first. */
void etcd_server_start(struct etcd_server *server);
/* Ends it; its data stay until etcd_server_remove. */
void etcd_server_stop(struct etcd_server *server);
/* Starts it again on the same port and data. */
void etcd_server_again(struct etcd_server *server);
void etcd_server_remove(struct etcd_server *server);

/* Runs etcdctl with these arguments (a shell's words). */
void etcd_server_ctl(const struct etcd_server *server, const char *words);

/* --------------------------------------------------------------------- fakes
 */

struct fake_server {
    pid_t pid;
    int port;
    int requests_fd; /* a byte a request is readable here */
    char url[64];
};

/* What a fake does with one connection, in a child: it returns to close. */
typedef void (*fake_fn)(int connection);

void fake_server_start(struct fake_server *server, fake_fn fn);
void fake_server_stop(struct fake_server *server);
/* How many requests came so far. */
int fake_server_requests(const struct fake_server *server);

/* For fake_fn: reads one request, with its body. Returns false at the end. */
bool fake_read(int connection);
void fake_write(int connection, const char *text);
/* A reply with that body, kept alive. */
void fake_reply(int connection, const char *status, const char *body);
/* The head of a stream; then write lines with fake_write. */
void fake_stream(int connection);
/* Keeps the connection open until the other side closes it. */
void fake_linger(int connection);

/* A port where nobody listens. */
int server_free_port(void);

#endif
