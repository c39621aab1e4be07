/* SPDX-License-Identifier: ISC */
#ifndef CCM_COMMAND_KEEPER_H
#define CCM_COMMAND_KEEPER_H

/* The process that stands between command_run and the program; see command.h
 * for what it guarantees. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The decisions made before the fork. */
struct keeper_job {
    const char *file; /* the program, with its path */
    char *const *argv;
    char *const *envp;
    const char *directory;
    bool identity; /* take on uid, gid and groups */
    uid_t uid;
    gid_t gid;
    const gid_t *groups;
    size_t n_groups;
    int64_t timeout_ms;
    int64_t grace_ms;
    int input_fd;  /* becomes standard input */
    int report_fd; /* the report goes here, and is closed */
    int caller_fd; /* a pidfd of the process to end with */
};

/* The step at which starting the program failed. */
enum keeper_stage {
    KEEPER_STARTED,
    KEEPER_SETUP,
    KEEPER_IDENTITY,
    KEEPER_DIRECTORY,
    KEEPER_EXEC,
};

/* The contents of report_fd: this, then output_size bytes of output. */
struct keeper_report {
    enum keeper_stage stage; /* if not KEEPER_STARTED, error is set */
    int error;               /* an errno */
    int status;              /* exit status, 128 + signal; -1 */
    bool timed_out;
    uint32_t output_size;
};

/* Runs the job in a process that was just forked, with all signals blocked. */
_Noreturn void keeper_run(const struct keeper_job *job);

#endif
