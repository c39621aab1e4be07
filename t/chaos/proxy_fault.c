/* SPDX-License-Identifier: ISC */
/* What becomes of the bytes that come in: the faults that are in force on their
 * link, and the trap that their request was caught in. */
#include "proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const trap_names[] = {"", "drop", "lose", "crop", "stall", "hold"};

static bool link_meets(struct link *link, struct conn *conn, const char *bytes,
                       size_t size)
{
    char *all = malloc(conn->tail_size + size);
    size_t n = conn->tail_size + size, keep = n;
    bool met;

    if (!all)
        fail("malloc");
    memcpy(all, conn->tail, conn->tail_size);
    memcpy(all + conn->tail_size, bytes, size);
    met = link->trap &&
          memmem(all, n, link->pattern, strlen(link->pattern)) != NULL;
    if (keep > sizeof(conn->tail))
        keep = sizeof(conn->tail);
    memcpy(conn->tail, all + n - keep, keep);
    conn->tail_size = met ? 0 : keep;
    free(all);
    return met;
}

static void conn_note_path(struct conn *conn, const char *bytes, size_t size)
{
    size_t n = 0;

    if (size < 6 || memcmp(bytes, "POST ", 5) != 0)
        return;
    conn->tail_size = 0;
    while (n + 5 < size && n + 1 < sizeof(conn->path) && bytes[n + 5] != ' ')
        n++;
    memcpy(conn->path, bytes + 5, n);
    conn->path[n] = '\0';
    if (conn->link->note)
        printf("request %zu %s\n", (size_t) (conn->link - links), conn->path);
}

/* Returns false if the connection is gone. */
static bool conn_take_request(struct conn *conn, const char *bytes, size_t size)
{
    struct link *link = conn->link;

    conn_note_path(conn, bytes, size);
    if (!link_meets(link, conn, bytes, size))
        return true;
    conn->caught = link->trap;
    link->trap = NO_TRAP;
    printf("matched %zu %s\n", (size_t) (link - links),
           trap_names[conn->caught]);
    if (conn->caught == DROP) {
        conn_close(conn, true);
        return false;
    }
    if (conn->caught == HOLD) {
        conn->pipe[UP].held = true;
        conn->caught = NO_TRAP;
    }
    return true;
}

/* Returns false if these bytes go no further. */
static bool conn_take_answer(struct conn *conn, const char *bytes, size_t size)
{
    struct pipe *pipe = &conn->pipe[DOWN];
    bool half = conn->caught == CROP || conn->link->truncate;

    if (half) {
        pipe_add(pipe, bytes, size / 2, now_ms(), true);
        pipe->dead = true;
        conn->link->truncate = false;
    } else if (conn->caught == LOSE) {
        conn_close(conn, true);
    } else if (conn->caught == STALL) {
        pipe->dead = true;
    } else {
        return true;
    }
    return false;
}

void conn_take(struct conn *conn, enum way way, const char *bytes, size_t size)
{
    struct link *link = conn->link;
    struct pipe *pipe = &conn->pipe[way];
    int64_t due_ms = now_ms() + link->delay_ms;

    if (pipe->dead || link->swallow[way]) {
        pipe->dead = true;
        return;
    }
    if (way == UP ? !conn_take_request(conn, bytes, size)
                  : !conn_take_answer(conn, bytes, size))
        return;
    if (link->halve_ms > 0 && size > 1) {
        pipe_add(pipe, bytes, size / 2, due_ms, false);
        bytes += size / 2;
        size -= size / 2;
        due_ms += link->halve_ms;
    }
    pipe_add(pipe, bytes, size, due_ms, false);
}
