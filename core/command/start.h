/* SPDX-License-Identifier: ISC */
#ifndef CCM_COMMAND_START_H
#define CCM_COMMAND_START_H

/* From the keeper's fork to the program's first instruction. */

#include "command/keeper.h"

/* The message on start_fd if the program does not start. */
struct start_failure {
    enum keeper_stage stage;
    int error; /* an errno */
};

/*
 * Becomes the program. keeper is the parent's process id; output_fd becomes
 * standard output and error; start_fd (close-on-exec) takes a failure.
 */
_Noreturn void start_program(const struct keeper_job *job, pid_t keeper,
                             int output_fd, int start_fd);

#endif
