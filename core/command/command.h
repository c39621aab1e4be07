/* SPDX-License-Identifier: ISC */
#ifndef CCM_COMMAND_COMMAND_H
#define CCM_COMMAND_COMMAND_H

/*
 * Runs one program: an argument vector, never a shell, with a time limit.
 *
 * The program gets a session and a process group of its own, an empty signal
 * mask, default signal actions, umask 022, no descriptors but 0 to 2
 * (standard input is /dev/null or the given input; standard output and error
 * are captured together), and exactly this environment:
 *
 *   PATH      COMMAND_PATH
 *   LANG      C.UTF-8
 *   TERM      dumb
 *   SHELL     /bin/sh
 *   HOME      the home directory of the user it runs as
 *   USER      that user's name
 *   LOGNAME   the same
 *   CCM_ROOT  spec->root, if given
 *
 * What is guaranteed about its end:
 *  - The time limit: the whole group gets SIGTERM, after COMMAND_GRACE_MS
 *    SIGKILL; then every descendant that is left gets SIGKILL, also one that
 *    made a session of its own.
 *  - The caller's death, of whatever cause: all descendants get SIGKILL.
 *  - Otherwise, when the program itself ends, what is left of its process
 *    group gets SIGKILL; a daemon that it started in a session of its own
 *    lives on (that is how "restart" starts a service where systemd does not
 *    run).
 *  - The caller's open descriptors (its file locks) outlive it until all this
 *    is done, so who gets the lock next finds no command running.
 * Not covered: processes that somebody else starts on its behalf (systemd,
 * at), and a keeper process that is itself killed with SIGKILL: then only the
 * program dies, not what it started.
 */

#include "base/buf.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COMMAND_PATH                                                           \
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define COMMAND_GRACE_MS 3000

/* What is kept of the output: its beginning and its end. */
#define COMMAND_HEAD_MAX (8 * 1024)
#define COMMAND_TAIL_MAX (24 * 1024)

struct command_spec {
    const char *const *argv; /* NULL-terminated; argv[0] without a "/" is
                                looked for in COMMAND_PATH */
    const char *user;        /* NULL: as the caller runs */
    const char *directory;   /* to start in; NULL: "/" */
    const char *root;        /* user is looked up in its etc/passwd;
                                NULL: of this machine */
    int64_t timeout_ms;      /* > 0 */
    int64_t grace_ms;        /* between TERM and KILL; 0: COMMAND_GRACE_MS */
    const char *const *env;  /* further "NAME=value", NULL-terminated; they
                                win over those above; NULL: none */
    const char *input;       /* standard input; NULL: /dev/null */
    size_t input_size;
};

struct command_result {
    int status;   /* exit status; 128 + N: ended by signal N; -1: it
                     was not started */
    bool started; /* or it is not known that it was not */
    bool timed_out;
    struct buf output; /* standard output and error, as they came; with a
                          line about what was left out in the middle */
};

/*
 * Runs it and waits for its end; the caller has descriptors 0 to 2 open.
 * result may be NULL; otherwise it is filled
 * whatever is returned, and freed with command_result_done.
 * Returns 0 if it ended with status 0; -EIO if it ended otherwise (err has
 * how, and the end of its output); -ETIMEDOUT; or why it could not be
 * started: -ENOENT, -EACCES, ... (result->status is -1).
 */
int command_run(const struct command_spec *spec, struct command_result *result,
                struct error *err);
void command_result_done(struct command_result *result);

/* Appends argv as a shell would read it, for people. Control characters are
 * made visible. */
void command_show(struct buf *out, const char *const *argv);

#endif
