/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_MACHINE_H
#define CCM_ROLLOUT_MACHINE_H

/*
 * Who this daemon is, to tell a second daemon with the same node name from a
 * restart of the first.
 *
 * machine: /etc/machine-id and a random id that state_dir keeps, together: a
 * turn marker with it was made here. boot: the kernel's boot id. place: which
 * file the lock on state_dir is. An older daemon with the same machine, boot
 * and place is certainly dead, because that lock is ours now. With another
 * place and the same boot it is a copy (containers of one host share the
 * kernel, and may share the machine id); with another boot it may be a running
 * clone of this machine, and only its lease can tell.
 */

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>

struct machine {
    char machine[33];
    char boot[40];
    char place[40]; /* "device:inode" */
    int lock_fd;
};

/*
 * Makes state_dir if it is missing, takes its lock, reads or makes the ids.
 * Returns 0, -EBUSY (another ccmd uses this state_dir), or another -errno.
 */
int machine_open(struct machine *machine, const char *state_dir,
                 struct error *err);
/* Did an earlier life of this daemon, or this one, write it? json: a presence
 * or a marker, as identity_sign has signed it. */
bool machine_is_own(const struct machine *machine, const json_t *json);
/* Adds our identity to json. */
void machine_sign(const struct machine *machine, json_t *json);
void machine_close(struct machine *machine);

/* A new random id of 16 hex digits, for a turn. */
#define MACHINE_TURN_SIZE 17
void machine_new_turn(char turn[MACHINE_TURN_SIZE]);

#endif
