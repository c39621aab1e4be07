/* SPDX-License-Identifier: ISC */
#ifndef CCM_LOOP_CHILD_H
#define CCM_LOOP_CHILD_H

/* A child process on the event loop: lines from its standard output, its
 * end, its time limit. It is always a ccm-runner. */

#include "base/buf.h"
#include "base/error.h"
#include "loop/loop.h"

#include <sys/types.h>

/* How often a runner that was killed before it changed anything is tried again;
 * ccmd(8) documents it. */
#define CHILD_DEATHS_MAX 2

struct child;

struct child_ops {
    /* A line without its newline, at most PROTOCOL_LINE_MAX bytes. */
    void (*line)(void *userdata, const char *line, size_t size);
    /* It has ended and been reaped; child is freed after this. status as of
     * waitpid(2). why: what the owner should report if status is not 0: the
     * time limit, the signal, the last line of its errors. */
    void (*ended)(void *userdata, int status, const char *why);
    /* The loop was freed before it ended, and it was killed: ended will not
     * be called. Frees what userdata alone owns. May be NULL. */
    void (*dropped)(void *userdata);
};

struct child_spec {
    const char *const *argv; /* NULL-terminated */
    const char *input;       /* written first; NULL: nothing */
    int output_fd;           /* its standard output; -1: a pipe, for line() */
    bool keep_input;         /* its standard input stays open (child_send) */
    bool keep_errors;        /* its standard error is read, for why; else it
                                goes where ours goes */
    int64_t limit_ms;        /* then SIGKILL; 0: none */
};

/* ops and userdata are kept until ended. Sets *out, borrowed (valid until
 * ended returns). Returns 0 or -errno. Six parameters: spec has the rest; ops
 * and userdata go together as everywhere. */
int child_start(struct loop *loop, const struct child_spec *spec,
                const struct child_ops *ops, void *userdata, struct child **out,
                struct error *err);

/* Writes a line and a newline. A child that does not read it has ended
 * anyway. */
void child_send(struct child *child, const char *line);
/* Closes its standard input. */
void child_close_input(struct child *child);
/* SIGKILL; ended will be called. */
void child_kill(struct child *child);
/* A new limit, from now. */
void child_set_limit(struct child *child, int64_t limit_ms);

#endif
