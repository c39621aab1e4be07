/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_GUARD_H
#define CCM_CHANGE_GUARD_H

#include "base/error.h"
#include "config/config.h"

#include <stddef.h>

/*
 * The guard against mass removal. It refuses a plan that removes both more
 * than config->max_removals things and more than
 * config->max_removals_percent of managed. "And": one of the two alone would
 * stop either small clusters at every removal, or large ones never.
 *
 * managed: how many things are managed before the run: all that is declared
 * and there already, and what will be removed.
 * Returns 0, or -EPERM with how to confirm in err.
 */
int guard_check(const struct config *config, size_t removals, size_t managed,
                struct error *err);

#endif
