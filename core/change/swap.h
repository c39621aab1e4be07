/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_SWAP_H
#define CCM_CHANGE_SWAP_H

/*
 * Two names exchanged, or one moved to where nothing is, on every file
 * system. Where renameat2 takes no flags (NFS, ZFS, some FUSE), the same is
 * done in steps, by way of a third name beside the temporary one:
 *
 *   exchange      link path -> third, rename temporary -> path,
 *                 rename third -> temporary
 *   no replacing  link temporary -> path, unlink temporary
 *
 * So a file is at every instant there, old or new. A directory, which has no
 * second name, is missing for a moment. A crash in between leaves the third
 * name, or both names for one file: swap_mend takes it from there.
 */

#include <stdint.h>

struct swap_name {
    int fd; /* of the directory */
    const char *name;
};

/* Moves temporary to path. flags: RENAME_EXCHANGE or RENAME_NOREPLACE.
 * Returns 0, or -errno as renameat2. */
int swap_names(const struct swap_name *temporary, const struct swap_name *path,
               unsigned flags);

/* Moves path to temporary, where nothing is. The same. */
int swap_take(const struct swap_name *path, const struct swap_name *temporary);

/*
 * Before anything is undone: completes, or takes back, an exchange in steps
 * that was cut short. staged is the inode of what was staged for path (0:
 * nothing was). Does nothing if there is no third name. Returns 0 or -errno.
 */
int swap_mend(const struct swap_name *temporary, const struct swap_name *path,
              uint64_t staged);

#endif
