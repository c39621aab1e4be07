/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_RUN_TYPES_H
#define CCM_HOST_RUN_TYPES_H

/* The objects of a run, held against the types that its modules declare,
 * before a planner sees them. */

#include "host/run.h"

/*
 * Checks every object of a declared type, puts its defaults in, and resolves
 * its references to types that this run has fetched. Bad objects are noted in
 * run->bad; planners find them rejected.
 */
void run_types_check(struct run *run);

#endif
