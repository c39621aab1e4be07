/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_DESCRIBE_CHILD_H
#define CCM_HOST_DESCRIBE_CHILD_H

/*
 * Describing a module, in the confined process. brief->input is
 *
 *   {"configuration" or null,"node","groups","settings","has_program":bool}
 */

#include "host/brief.h"

/* Writes a line to brief->out_fd: {"error":text}, or the descriptor's "name",
 * "version", "summary", "subscribes", "depends", "after". Returns the exit
 * status. */
int describe_child(struct brief_read *brief);

#endif
