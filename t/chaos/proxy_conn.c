/* SPDX-License-Identifier: ISC */
/* The injector's connections, each a pair of pipes. What comes in waits in
 * pieces until it is due, so that any of them can be late. */
#include "proxy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void pipe_clear(struct pipe *pipe)
{
    struct piece *piece;

    while ((piece = pipe->first)) {
        pipe->first = piece->next;
        free(piece);
    }
    *pipe = (struct pipe){0};
}

void conn_close(struct conn *conn, bool reset)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    int i;

    for (i = 0; i < 2; i++) {
        if (reset)
            setsockopt(conn->fd[i], SOL_SOCKET, SO_LINGER, &linger,
                       sizeof(linger));
        close(conn->fd[i]);
        pipe_clear(&conn->pipe[i]);
    }
    conn->link = NULL;
}

static int target_connect(const struct sockaddr_in *to)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *) to, sizeof(*to)) < 0 &&
        errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    return fd;
}

void conn_accept(struct link *link)
{
    int fd = accept4(link->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct conn *conn = conns;
    int target;

    if (fd < 0)
        return;
    while (conn < conns + CONNS_MAX && conn->link)
        conn++;
    target = conn < conns + CONNS_MAX ? target_connect(&link->target) : -1;
    if (target < 0) {
        close(fd);
        return;
    }
    *conn = (struct conn){.link = link, .fd = {fd, target}};
    if (link->refuse)
        conn_close(conn, true);
}

void pipe_add(struct pipe *pipe, const char *bytes, size_t size, int64_t due_ms,
              bool reset)
{
    struct piece *piece = malloc(sizeof(*piece) + size);
    struct piece **at = &pipe->first;

    if (!piece)
        fail("malloc");
    *piece = (struct piece){.due_ms = due_ms, .size = size, .reset = reset};
    memcpy(piece->bytes, bytes, size);
    while (*at)
        at = &(*at)->next;
    *at = piece;
    pipe->queued += size;
}

void conn_read(struct conn *conn, enum way way)
{
    char bytes[65536];
    ssize_t n = read(conn->fd[way], bytes, sizeof(bytes));

    if (n > 0)
        conn_take(conn, way, bytes, (size_t) n);
    else if (n == 0)
        conn->pipe[way].eof = true;
    else if (errno != EAGAIN && errno != EINTR)
        conn_close(conn, true);
}

bool pipe_waits(const struct conn *conn, enum way way)
{
    return conn->link->freeze[way] || conn->pipe[way].held;
}

/* Returns false if the connection is gone. */
static bool conn_flush(struct conn *conn, enum way way)
{
    struct pipe *pipe = &conn->pipe[way];
    struct piece *piece;
    ssize_t n;

    while (!pipe_waits(conn, way) && (piece = pipe->first) &&
           piece->due_ms <= now_ms()) {
        n = write(conn->fd[1 - way], piece->bytes + piece->sent,
                  piece->size - piece->sent);
        if (n < 0 && (errno == EAGAIN || errno == ENOTCONN))
            return true;
        if (n < 0 || piece->reset) {
            conn_close(conn, true);
            return false;
        }
        piece->sent += (size_t) n;
        if (piece->sent < piece->size)
            return true;
        pipe->first = piece->next;
        pipe->queued -= piece->size;
        free(piece);
    }
    if (pipe->eof && !pipe->first && !pipe->shut) {
        shutdown(conn->fd[1 - way], SHUT_WR);
        pipe->shut = true;
    }
    return true;
}

void conn_step(struct conn *conn)
{
    /* A client that has gone is not served any more, unless what it sent is
     * to arrive late. */
    if (!conn_flush(conn, UP) || !conn_flush(conn, DOWN))
        return;
    if ((conn->pipe[UP].eof && !conn->pipe[UP].first) ||
        (conn->pipe[DOWN].eof && !conn->pipe[DOWN].first))
        conn_close(conn, false);
}
