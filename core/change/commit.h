/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_COMMIT_H
#define CCM_CHANGE_COMMIT_H

#include "change/work.h"

/*
 * Carries out all operations in their order: exchanges what was staged with
 * what is there, removes, changes attributes, makes accounts, runs commands.
 * Returns 0 or -errno; *blame is then the delta.
 */
int commit_all(struct work *work, const struct delta **blame,
               struct error *err);

#endif
