/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_PROTECT_H
#define CCM_CHANGE_PROTECT_H

/*
 * What no module may declare, whatever it is for: ccm's own files and the
 * kernel's, as computed from ccm.conf; and accounts outside of the range that
 * ccm.conf gives to customers, unless it names them.
 */

#include "base/error.h"
#include "command/accounts.h"
#include "config/config.h"
#include "plan/plan.h"

struct protect;

/* Keeps config until protect_free. Returns new (freed with protect_free). */
struct protect *protect_new(const struct config *config);
/* NULL is legal. */
void protect_free(struct protect *protect);

/* path is where a declared change of that kind is (or, without symlinks, would
 * be), in terms of root. Returns 0, or -EPERM with the key of ccm.conf that
 * protects it. */
int protect_check_path(const struct protect *protect, enum change_kind kind,
                       const char *path, struct error *err);

/* A CHANGE_USER or CHANGE_GROUP. Returns 0, or -EPERM with what to do. */
int protect_check_account(const struct protect *protect,
                          const struct accounts *accounts,
                          const struct change *change, struct error *err);

#endif
