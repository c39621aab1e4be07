/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_CONFINED_H
#define CCM_HOST_CONFINED_H

/* A confined child of the runner: started, watched, ended, and what became
 * of it in words. */

#include "base/buf.h"
#include "base/error.h"
#include "host/confine.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* How a child ended. */
enum confined_end {
    CONFINED_RUNNING = 0,
    CONFINED_DONE,      /* status 0 */
    CONFINED_CRASHED,   /* by a signal of its own making */
    CONFINED_EXITED,    /* it called exit() */
    CONFINED_TIMED_OUT, /* killed at its deadline, or by its processor limit */
    CONFINED_REFUSED,   /* it tried what a planner must not */
    CONFINED_MEMORY,    /* out of memory */
    CONFINED_BROKEN,    /* its result could not be handed over */
};

struct confined {
    pid_t pid;
    int pidfd;
    int out_fd;          /* reading end of its report pipe; -1: none */
    int error_fd;        /* reading end of its standard error; -1: ended */
    struct buf out;      /* what it reported; the caller takes it away */
    struct buf said;     /* the end of what it wrote to standard error */
    int64_t deadline_ms; /* clock_ms; the caller may move it */
    enum confined_end end;
    bool killed;
    int status; /* of waitpid */
    void *userdata;
};

/* What runs in the child. It returns the exit status. */
typedef int (*confined_fn)(void *userdata);

struct confined_spec {
    const struct confine *confine;
    uint64_t memory_bytes;
    int64_t time_ms; /* of the clock, and of the processor */
    uint64_t result_bytes;
    const int *keep; /* descriptors that stay open, ascending */
    size_t n_keep;
    const struct confine_start *start; /* a program; NULL: none */
    bool report; /* with a report pipe: see confined_report */
    confined_fn run;
    void *userdata; /* of run */
};

/*
 * Forks. In the child nothing is open but standard input and output
 * (/dev/null), standard error (captured) and spec->keep; it is confined, its
 * signals are as at the beginning of a program, its environment is empty.
 * Fills the zeroed *child. Returns 0 or -errno.
 */
int confined_start(struct confined *child, const struct confined_spec *spec,
                   struct error *err);

/* In the child: appends to what the runner sees in child->out. */
int confined_report(const void *bytes, size_t size);

/*
 * Waits until one of the children has said something or ended, kills those
 * past their deadline. children may hold NULLs and ended ones.
 * Returns 0 or -errno.
 */
int confined_wait(struct confined *const *children, size_t n,
                  struct error *err);

/* How it ended, for people: "crashed (SIGSEGV, Segmentation fault)", with the
 * end of what it wrote to standard error. Returns new (freed with free). */
char *confined_describe_end(struct confined *child);

/* The end of what it wrote to standard error. Returns new (freed with free),
 * or NULL if that is nothing. */
char *confined_said(const struct confined *child);

/* Kills it if it runs, and frees what it holds. */
void confined_done(struct confined *child);

/* How many processors this process may use. */
size_t confined_cpus(void);

#endif
