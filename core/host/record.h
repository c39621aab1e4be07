/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_RECORD_H
#define CCM_HOST_RECORD_H

/* Records in the history of runs that never came to engine_apply, or out of
 * it. One that cannot be written is logged: the run's own error counts. */

#include "host/run.h"

/* A run that failed before it changed anything. revision is used if no
 * objects were fetched. */
void record_refused(const struct run *run, const char *who, int64_t revision,
                    const struct error *err);

/* A run that was cut short, and what engine_recover made of it. */
void record_recovered(const struct config *config, const char *recovered);

#endif
