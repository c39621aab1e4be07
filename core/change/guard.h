/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_GUARD_H
#define CCM_CHANGE_GUARD_H

#include "base/error.h"
#include "config/config.h"

#include <stddef.h>

/*
 * The guard against mass removal. It refuses a plan that removes more than
 * config->max_removals items and also more than config->max_removals_percent of
 * managed. One limit alone would stop small clusters at every removal, or large
 * ones never.
 *
 * managed: the number of items managed before the run: those that are declared
 * and exist, and those that will be removed. Returns 0, or -EPERM with how to
 * confirm in err.
 */
int guard_check(const struct config *config, size_t removals, size_t managed,
                struct error *err);

#endif
