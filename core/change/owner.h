/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_OWNER_H
#define CCM_CHANGE_OWNER_H

/*
 * The owner of a declared file, directory or symlink. Names are those of root's
 * etc/passwd and etc/group, or of accounts that an earlier step of the same
 * plan makes: with a number that it declares, or one that is not known before
 * that step was carried out.
 */

#include "command/accounts.h"
#include "plan/plan.h"

#include <sys/types.h>

struct owner {
    uid_t uid;
    gid_t gid;
    bool uid_known; /* false: an earlier step of the plan decides it */
    bool gid_known;
};

/*
 * Sets *out for the owner and group of c, a change of plan. If all steps before
 * c have been carried out and the accounts were read again, plan may be NULL:
 * then both must be known. Returns 0, or -ENOENT with "no user NAME" in err.
 */
int owner_resolve(const struct plan *plan, const struct accounts *accounts,
                  const struct change *c, struct owner *out, struct error *err);

#endif
