/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_ZYGOTE_H
#define CCM_HOST_ZYGOTE_H

/*
 * The process that planners are forked from, and its protocol with the runner
 * on a socket that keeps messages separate (SOCK_SEQPACKET):
 *
 *   zygote   once: fence_json, with "alone": it is in a namespace of processes
 *   runner   a zygote_request, ZYGOTE_START with descriptors (brief.h) in as
 *            many messages as it takes
 *   zygote   a zygote_answer when a process has ended, or did not start
 *
 * When the socket closes, everything ends.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ZYGOTE_FD 3 /* of a zygote that was started as a program */
#define ZYGOTE_MODE "planners"
#define ZYGOTE_FDS_MAX 20000 /* of one planner */
#define ZYGOTE_HELLO_MAX 4096

enum zygote_what {
    ZYGOTE_START,
    ZYGOTE_KILL,
};

struct zygote_request {
    uint64_t id; /* of the runner's choice */
    uint32_t what;
    uint32_t uid;
    uint64_t memory_bytes;
    int64_t time_ms;
    uint64_t file_bytes;
    uint64_t n_fds;
};

struct zygote_answer {
    uint64_t id;
    int32_t error;  /* -errno: it was not started */
    int32_t status; /* of waitpid */
    int32_t oom;    /* the kernel was short of memory, which may be the cause */
    int32_t unused;
};

/* Sends a message of size bytes with n descriptors; those that do not fit into
 * one follow in others. Returns 0 or -errno. */
int zygote_send(int fd, const void *bytes, size_t size, const int *fds,
                size_t n);

/* Receives a message of up to size bytes and up to *n descriptors, which it
 * counts in *n. Returns its size, 0 at the end, or -errno. */
int zygote_receive(int fd, void *bytes, size_t size, int *fds, size_t *n);

/* The zygote itself, on its end of the socket. Returns the exit status. */
int zygote_serve(int fd);

#endif
