/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_CONFINE_FILTER_H
#define CCM_HOST_CONFINE_FILTER_H

/* The system call filter of confined children. */

#include "base/error.h"

#include <linux/filter.h>
#include <sys/types.h>

/* Compiles the filter. Fills *out (filter is new, freed with free).
 * Returns 0, or -errno (-ENOSYS: this kernel has no filters). */
int confine_filter_build(struct sock_fprog *out, struct error *err);

/* Puts it on for this process, for good; no_new_privs must be set.
 * Returns 0 or -errno. */
int confine_filter_load(const struct sock_fprog *filter);

#endif
