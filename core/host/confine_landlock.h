/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_CONFINE_LANDLOCK_H
#define CCM_HOST_CONFINE_LANDLOCK_H

/* Landlock: only reading what the system has installed, and no network. What
 * users can make (files, FIFOs) lies elsewhere. */

/* What this kernel has; 0: no Landlock. */
int confine_landlock_abi(void);

/* New rules. Returns their descriptor, or -errno. */
int confine_landlock_open(int abi);

/* This file may be read, too, wherever it lies. Returns 0 or -errno. */
int confine_landlock_allow_reading(int rules, int fd);

/* This file may be executed and read, too. Returns 0 or -errno. */
int confine_landlock_allow_executing(int rules, int fd);

/* Applies the rules to this process, permanently; no_new_privs must be set.
 * Returns 0 or -errno. */
int confine_landlock_enter(int fd);

#endif
