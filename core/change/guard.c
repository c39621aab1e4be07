/* SPDX-License-Identifier: ISC */
/*
 * The guard. If an API answers [] by mistake, that looks like a request to
 * remove everything; only its size distinguishes it from an intended one.
 */
#include "change/guard.h"

#include <errno.h>
#include <inttypes.h>

int guard_check(const struct config *config, size_t removals, size_t managed,
                struct error *err)
{
    /* Of 128 bits: neither product can overflow. */
    __uint128_t part = (__uint128_t) removals * 100;
    __uint128_t limit =
        (__uint128_t) managed * (uint64_t) config->max_removals_percent;

    if (removals <= (uint64_t) config->max_removals || part <= limit)
        return 0;
    return error_set(
        err, -EPERM,
        "this would remove %zu of %zu managed items, more than %" PRId64
        " and more than %" PRId64 " %%; to confirm: ccmctl apply "
        "--allow-removals (see guard in ccm.conf)",
        removals, managed, config->max_removals, config->max_removals_percent);
}
