/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_PLANNER_RESULT_H
#define CCM_HOST_PLANNER_RESULT_H

/* The memory file through which a planner hands back what was declared:
 * head, then wire_size bytes of change/wire.h, then notes_size bytes of JSON
 * {"error"?,"rejected":[...],"log"}. The head is written last. */

#include "host/api.h"
#include "host/planner.h"

/* A fresh memory file. Returns its descriptor or -errno. */
int planner_result_open(void);

/* In the planner. error is NULL if plan() went well. Returns 0 or -errno. */
int planner_result_write(int fd, struct ccm_run *run, const char *error);

/* In the runner, when the planner is gone: seals result->fd and takes the
 * notes out; the wire part is mapped later by planner_result_map, so that no
 * later planner sees it. Sets outcome and error. */
void planner_result_read(struct planner_result *result);
/* Sets wire and wire_size; or outcome and error. */
void planner_result_map(struct planner_result *result);

#endif
