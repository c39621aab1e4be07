/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_OBJECTS_HTTP_SERVER_H
#define CCM_T_UNIT_OBJECTS_HTTP_SERVER_H

/* A scripted HTTP server in a thread of the test, on a free port. */

#include <pthread.h>
#include <stddef.h>

#define REQUEST_MAX 65536

/* What the server does with a request: its head and, behind it, its body. */
typedef void (*serve_fn)(int fd, const char *request);

struct http_server {
    int listener;
    char url[64]; /* http://127.0.0.1:PORT */
    pthread_t thread;
    _Atomic(serve_fn) serve;
    _Atomic unsigned requests, connections;
    char last[REQUEST_MAX]; /* the last request */
};

extern struct http_server server;

/* Starts it, or ends it. Return 0 or -1. */
int server_start(void);
int server_stop(void);

/* From now on serves like this, and counts from 0. */
void server_script(serve_fn serve);

/* Sends an answer. headers: lines that end with CRLF. */
void reply(int fd, const char *status, const char *headers, const char *body);

#endif
