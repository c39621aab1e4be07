/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_RECORD_H
#define CCM_HOST_RECORD_H

/* History records of runs that did not reach engine_apply or did not return
 * from it. If one cannot be written, that is logged, because the run's own
 * error matters more. */

#include "host/run.h"

/* A run that failed before it changed anything. revision is used if no
 * objects were fetched. */
void record_refused(const struct run *run, const char *who, int64_t revision,
                    const struct error *err);

/* A run that was interrupted, and the outcome of engine_recover. */
void record_recovered(const struct config *config, const char *recovered);

#endif
