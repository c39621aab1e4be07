/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_STAGE_H
#define CCM_CHANGE_STAGE_H

#include "change/work.h"

/*
 * Stages all operations that are not late: writes what is new under its
 * temporary name, with its final owner and mode before the first byte of
 * contents. Directories that will be filled belong to root alone until all is
 * in them. Nothing is durable before work_sync.
 * Returns 0 or -errno; *blame is then the delta. What was staged stays.
 */
int stage_all(struct work *work, const struct delta **blame, struct error *err);

/* Stages one operation that is late, when all steps before it were carried
 * out, and makes it durable. Returns 0 or -errno. */
int stage_late(struct work *work, struct op *op, struct error *err);

#endif
