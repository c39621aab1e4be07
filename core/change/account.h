/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_ACCOUNT_H
#define CCM_CHANGE_ACCOUNT_H

/*
 * Unix groups and users: compared by reading the files, changed by the
 * system's own tools (groupadd, groupmod, groupdel, useradd, usermod, userdel
 * with --prefix for another root; chpasswd).
 *
 * A home directory is never made, moved or removed here. A password's hash goes
 * to chpasswd through a pipe, never on a command line or into detail. A user
 * declared without a group has a group of its own name, which comes and goes
 * with it; a named group stays when the user goes.
 */

#include "change/delta.h"
#include "command/accounts.h"

/*
 * Compares a CHANGE_GROUP or CHANGE_USER with the node. Returns 0 if nothing
 * differs; 1 if something does: d has change, action, detail, and in old what
 * account_undo needs (JSON for us alone, it may hold a password's hash: keep it
 * in the journal, mode 0600, show it nowhere); or -EINVAL (an impossible
 * account, such as user id 0).
 */
int account_compare(const struct accounts *accounts, const struct change *c,
                    struct delta *d, struct error *err);

/* Carries it out below root (absolute). Returns 0 or -errno. */
int account_apply(const char *root, const struct delta *d, struct error *err);

/*
 * Undoes what account_apply did or began to do, also after a crash during it;
 * harmless if it did nothing. Of d it needs action, old, and of its change kind
 * and name. Returns 0 or -errno.
 */
int account_undo(const char *root, const struct delta *d, struct error *err);

#endif
