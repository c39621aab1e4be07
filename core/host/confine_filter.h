/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_CONFINE_FILTER_H
#define CCM_HOST_CONFINE_FILTER_H

/* The system call filter of confined children. */

#include "base/error.h"

#include <linux/filter.h>
#include <sys/types.h>

/* How a program is started: with exactly these arguments of execveat(2), at
 * addresses that nobody can guess. */
struct confine_exec {
    char *path; /* "" */
    char **argv;
};

/* The descriptor from which a program is started. */
#define CONFINE_PROGRAM_FD 3

/* Names of system calls, NULL-terminated. */
extern const char *const confine_calls_allowed[];
extern const char *const confine_calls_program[];
extern const char *const confine_calls_forbidden[];

/* Compiles the filter of a program that is started by exec (from
 * CONFINE_PROGRAM_FD, once), or of a module (NULL). Fills *out (filter is new,
 * freed with free). Returns 0, or -errno (-ENOSYS: this kernel has no filters).
 */
int confine_filter_build(const struct confine_exec *exec,
                         struct sock_fprog *out, struct error *err);

/* Installs it in this process, permanently; no_new_privs must be set. Returns 0
 * or -errno. */
int confine_filter_load(const struct sock_fprog *filter);

#endif
