/* SPDX-License-Identifier: ISC */
#ifndef CCM_CLUSTER_IDENTITY_H
#define CCM_CLUSTER_IDENTITY_H

/*
 * Who this daemon is, so that a second one with the same node name is told
 * from the first one's next life.
 *
 * machine: /etc/machine-id and a random id that state_dir keeps, together: a
 * turn marker with it was made here. boot: the kernel's boot id: an older
 * daemon of the same machine and the same boot is surely dead, because the
 * lock on state_dir is ours now; one of another boot may be a clone of this
 * machine that lives, and only its lease can tell.
 */

#include "base/error.h"

struct identity {
    char machine[33];
    char boot[40];
    int lock_fd;
};

/*
 * Makes state_dir if it is missing, takes its lock, reads or makes the ids.
 * Returns 0, -EBUSY (another ccmd uses this state_dir), or another -errno.
 */
int identity_open(struct identity *identity, const char *state_dir,
                  struct error *err);
void identity_close(struct identity *identity);

/* A new random id of 16 hex digits, for a turn. */
#define IDENTITY_TURN_SIZE 17
void identity_new_turn(char turn[IDENTITY_TURN_SIZE]);

#endif
