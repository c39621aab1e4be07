/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_CONFINE_LANDLOCK_H
#define CCM_HOST_CONFINE_LANDLOCK_H

/* Landlock: only reading, below any path, and no network. */

/* Sets *abi to what this kernel has (0: no Landlock). Returns the rules'
 * descriptor, -1 if there is no Landlock, or another -errno. */
int confine_landlock_open(int *abi);

/* This file may be executed, too. Returns 0 or -errno. */
int confine_landlock_allow_executing(int rules, int fd);

/* Applies the rules to this process, permanently; no_new_privs must be set.
 * Returns 0 or -errno. */
int confine_landlock_enter(int fd);

#endif
