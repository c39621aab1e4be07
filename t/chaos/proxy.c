/* SPDX-License-Identifier: ISC */
/*
 * A fault injector: TCP links that can be told to misbehave.
 *
 *   proxy FIFO ADDRESS:PORT=TARGET:PORT...
 *
 * Each pair is a link, numbered from 0. Lines in the FIFO are
 * "SEQ LINK COMMAND [ARGUMENT]", LINK being a number or "*"; each is answered
 * with "SEQ ok" on standard output, so that whoever wrote it can wait until it
 * is in force. A match is reported as "matched LINK COMMAND".
 *
 *   pass             all is well again, and what was frozen goes on
 *   cut              resets the connections that are there
 *   refuse           the same, and all that come
 *   swallow WAY      what comes is thrown away, for ever on that connection
 *   freeze WAY       what comes is kept until "pass"
 *   delay MS         each piece takes that long
 *   halve MS         each piece goes in two halves, so long after one another
 *   truncate         resets in the middle of the next piece of an answer
 *   drop PATTERN     the next request that holds it is not passed on (reset)
 *   lose PATTERN     it is passed on, but instead of its answer comes a reset
 *   crop PATTERN     ... half of its answer
 *   stall PATTERN    ... silence
 *   hold PATTERN     it is passed on with "release", though the client may
 *                    have gone by then
 *   release
 *   inject PATH TEXT one more line into the streams of that path
 *   half PATH TEXT   half a line and the end of the stream
 *   mute PATH        the streams of that path say nothing any more
 *   note             tells each request with "request LINK PATH"
 *
 * WAY is up (to the target), down or both. A pattern is met once.
 */
#include "proxy.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

/* A pipe that holds so much is not read any more. */
#define QUEUE_MAX (1024 * 1024)

struct link links[LINKS_MAX];
size_t n_links;
struct conn conns[CONNS_MAX];

int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void fail(const char *what)
{
    perror(what);
    exit(1);
}

static struct pollfd polled[1 + LINKS_MAX + 2 * CONNS_MAX];
static struct conn *polled_conn[1 + LINKS_MAX + 2 * CONNS_MAX];

static size_t poll_add_conn(struct conn *conn, size_t n, int64_t *next_ms)
{
    int i;

    for (i = 0; i < 2; i++) {
        const struct pipe *in = &conn->pipe[i], *out = &conn->pipe[1 - i];
        short events = 0;

        if (!in->eof && in->queued < QUEUE_MAX)
            events |= POLLIN;
        if (out->first && !pipe_waits(conn, 1 - i)) {
            if (out->first->due_ms <= now_ms())
                events |= POLLOUT;
            else if (*next_ms < 0 || out->first->due_ms < *next_ms)
                *next_ms = out->first->due_ms;
        }
        polled[n] = (struct pollfd){.fd = conn->fd[i], .events = events};
        /* An end that was seen would wake us for ever. */
        if (events == 0)
            polled[n].fd = -1;
        polled_conn[n++] = conn;
    }
    return n;
}

static void loop_once(int fifo)
{
    int64_t next_ms = -1;
    size_t n = 0, i;
    struct conn *conn;

    polled[n++] = (struct pollfd){.fd = fifo, .events = POLLIN};
    for (i = 0; i < n_links; i++)
        polled[n++] =
            (struct pollfd){.fd = links[i].listen_fd, .events = POLLIN};
    for (conn = conns; conn < conns + CONNS_MAX; conn++)
        if (conn->link)
            n = poll_add_conn(conn, n, &next_ms);
    if (next_ms >= 0)
        next_ms = next_ms > now_ms() ? next_ms - now_ms() : 0;
    if (poll(polled, n, (int) next_ms) < 0)
        return;
    for (i = 1 + n_links; i < n; i++) {
        conn = polled_conn[i];
        if (conn->link && polled[i].revents & (POLLIN | POLLHUP | POLLERR))
            conn_read(conn, polled[i].fd == conn->fd[0] ? UP : DOWN);
    }
    for (conn = conns; conn < conns + CONNS_MAX; conn++)
        if (conn->link)
            conn_step(conn);
    for (i = 0; i < n_links; i++)
        if (polled[1 + i].revents)
            conn_accept(&links[i]);
    if (polled[0].revents)
        commands_read(fifo);
}

static void link_address(struct sockaddr_in *to, const char *address,
                         uint16_t port)
{
    *to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, address, &to->sin_addr) != 1)
        fail(address);
}

static void link_open(const char *text)
{
    struct link *link = &links[n_links];
    char at[16], target[16];
    uint16_t at_port, target_port;
    int one = 1;

    if (n_links == LINKS_MAX || sscanf(text, "%15[0-9.]:%hu=%15[0-9.]:%hu", at,
                                       &at_port, target, &target_port) != 4) {
        fprintf(stderr, "proxy: not ADDRESS:PORT=TARGET:PORT: %s\n", text);
        exit(2);
    }
    link_address(&link->at, at, at_port);
    link_address(&link->target, target, target_port);
    link->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(link->listen_fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(link->listen_fd, (struct sockaddr *) &link->at, sizeof(link->at)) <
            0 ||
        listen(link->listen_fd, 64) < 0)
        fail(text);
    n_links++;
}

int main(int argc, char **argv)
{
    int fifo, i;

    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 3) {
        fprintf(stderr, "usage: proxy FIFO ADDRESS:PORT=TARGET:PORT...\n");
        return 2;
    }
    for (i = 2; i < argc; i++)
        link_open(argv[i]);
    /* For writing, too: it never comes to its end. */
    fifo = open(argv[1], O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fifo < 0)
        fail(argv[1]);
    printf("0 ok\n");
    for (;;)
        loop_once(fifo);
}
