/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_CONFINED_H
#define CCM_HOST_CONFINED_H

/* A confined child of the runner: starts, watches and ends it, and describes
 * how it ended. */

#include "base/buf.h"
#include "base/error.h"
#include "host/brief.h"
#include "host/confine.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* How a child ended. */
enum confined_end {
    CONFINED_RUNNING = 0,
    CONFINED_DONE,      /* status 0 */
    CONFINED_CRASHED,   /* by a signal that it caused */
    CONFINED_EXITED,    /* it called exit() */
    CONFINED_TIMED_OUT, /* killed at its deadline, or by its processor limit */
    CONFINED_REFUSED,   /* it made a forbidden call */
    CONFINED_MEMORY,    /* out of memory */
    CONFINED_BROKEN,    /* its result could not be handed over */
};

struct confined {
    struct confine *confine; /* kept; NULL: nothing has been started */
    uint64_t id;
    int out_fd;          /* reading end of its report pipe; -1: none */
    int error_fd;        /* reading end of its standard error; -1: ended */
    struct buf out;      /* what it reported; the caller takes it away */
    struct buf said;     /* the end of what it wrote to standard error */
    int64_t deadline_ms; /* clock_ms; the caller may move it */
    enum confined_end end;
    bool killed;
    bool oom;   /* the kernel was short of memory */
    int status; /* of waitpid */
    int error;  /* -errno: it was not even started */
};

struct confined_spec {
    struct confine *confine;
    uint64_t memory_bytes;
    int64_t time_ms; /* of the clock, and of the processor */
    uint64_t result_bytes;
    struct brief *brief; /* what it is handed; finished here */
    int out_fd;          /* where its answer goes; -1: into child->out */
};

/* Asks for a process that does what the brief says (see confined_child.h).
 * Fills the zeroed *child. Returns 0 or -errno. */
int confined_start(struct confined *child, const struct confined_spec *spec,
                   struct error *err);

/*
 * Waits until one of the children, all of one confine, has output or has ended;
 * kills those past their deadline. children may hold NULLs and ended ones.
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

/* Kills it if it is running, and frees it. */
void confined_done(struct confined *child);

/* The number of processors that this process may use. */
size_t confined_cpus(void);

#endif
