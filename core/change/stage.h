/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_STAGE_H
#define CCM_CHANGE_STAGE_H

#include "change/work.h"

/*
 * Stages all operations that are not late: writes new items under their
 * temporary names, with its final owner and mode before the first byte of
 * contents. Directories belong to root alone until they are filled. Nothing is
 * durable before work_sync. Returns 0 or -errno; *blame is then the delta.
 * Staged items stay.
 */
int stage_all(struct work *work, const struct delta **blame, struct error *err);

/* Stages one late operation, after all steps before it, and makes it durable.
 * Returns 0 or -errno. */
int stage_late(struct work *work, struct op *op, struct error *err);

#endif
