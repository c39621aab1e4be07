/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_CHAOS_PROXY_H
#define CCM_T_CHAOS_PROXY_H

/*
 * The fault injector's links and connections (proxy.c says what it can do).
 *
 *   proxy.c          the links, and the loop
 *   proxy_conn.c     connections: what comes in goes out, late if need be
 *   proxy_fault.c    what becomes of a piece when it comes in
 *   proxy_command.c  commands: which faults are in force
 */

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINKS_MAX 64
#define CONNS_MAX 512
#define PATTERN_MAX 256

enum way { UP, DOWN };
enum trap { NO_TRAP, DROP, LOSE, CROP, STALL, HOLD };

struct piece {
    struct piece *next;
    int64_t due_ms;
    size_t size, sent;
    bool reset; /* after it */
    char bytes[];
};

struct pipe {
    struct piece *first;
    size_t queued;
    bool eof, shut;
    bool dead; /* what comes is thrown away */
    bool held; /* what comes is kept until "release" */
};

struct link {
    int listen_fd;
    struct sockaddr_in at, target;
    bool refuse, truncate, note;
    bool swallow[2], freeze[2];
    int64_t delay_ms, halve_ms;
    enum trap trap;
    char pattern[PATTERN_MAX];
};

struct conn {
    struct link *link; /* NULL: free */
    int fd[2];         /* the client's, the target's */
    struct pipe pipe[2];
    enum trap caught; /* what becomes of the next answer */
    char path[64];    /* of the last request */
    char tail[PATTERN_MAX];
    size_t tail_size;
};

extern struct link links[LINKS_MAX];
extern size_t n_links;
extern struct conn conns[CONNS_MAX];

int64_t now_ms(void);
/* Says what errno means, and ends the program. */
void fail(const char *what);

/* "drop" ... "hold"; "" for NO_TRAP. */
extern const char *const trap_names[];

/* proxy_conn.c */
/* Copies bytes; they are written at due_ms, and then, with reset, the
 * connection is reset. */
void pipe_add(struct pipe *pipe, const char *bytes, size_t size, int64_t due_ms,
              bool reset);
void conn_accept(struct link *link);
void conn_close(struct conn *conn, bool reset);
/* Reads what has come this way. */
void conn_read(struct conn *conn, enum way way);
/* Writes what is due both ways, and closes what has come to its end. */
void conn_step(struct conn *conn);
/* Is what came this way kept for now? */
bool pipe_waits(const struct conn *conn, enum way way);

/* proxy_fault.c */
/* These bytes have come this way: they are passed on, changed or thrown away.
 * May close the connection. */
void conn_take(struct conn *conn, enum way way, const char *bytes, size_t size);

/* proxy_command.c */
/* Reads the commands that have come, and carries them out. */
void commands_read(int fd);

#endif
