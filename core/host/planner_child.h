/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_PLANNER_CHILD_H
#define CCM_HOST_PLANNER_CHILD_H

/*
 * Planning, in the confined process. brief->input is
 *
 *   {"configuration","module","version","subscribes","depends","after",
 *    "node","groups","settings","types":[the names of the types' files],
 *    "as_is":bool}   true: objects in the order that they have, for tests of
 *                    modules; else by id
 */

#include "host/brief.h"

/* Leaves its result in brief->out_fd (planner_result.h). Returns the exit
 * status. */
int planner_child(struct brief_read *brief);

#endif
