/* SPDX-License-Identifier: ISC */
#ifndef CCM_COMMAND_ACCOUNTS_SYSTEM_H
#define CCM_COMMAND_ACCOUNTS_SYSTEM_H

/* Users and groups of this machine as every other program finds them, by the
 * name services of nsswitch.conf(5): those that are in no file, too. */

#include "base/error.h"

#include <sys/types.h>

/* Set *out. Return 0; -ENOENT: there is none; or another -errno when a name
 * service cannot say, which is not the same. */
int accounts_system_uid(const char *name, uid_t *out, struct error *err);
int accounts_system_gid(const char *name, gid_t *out, struct error *err);

#endif
