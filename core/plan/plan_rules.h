/* SPDX-License-Identifier: ISC */
#ifndef CCM_PLAN_PLAN_RULES_H
#define CCM_PLAN_PLAN_RULES_H

#include "plan/plan.h"

/*
 * Can this declaration be carried out at all? Looks only at the declaration.
 * Returns 0 or -EINVAL with "<what>: <why>" in err.
 */
int plan_rules_check(const struct change *change, struct error *err);
/* Can a service have this name? Returns as above. */
int plan_rules_check_service(const char *name, struct error *err);

/* "file", "exclusive directory", ...; static. */
const char *plan_kind_name(enum change_kind kind);

/* Does the kind stand for a path? */
static inline bool plan_kind_has_path(enum change_kind kind)
{
    return kind >= CHANGE_FILE && kind <= CHANGE_KEEP;
}

/* The prefix of ccm's own temporary names; such names cannot be declared. */
#define PLAN_TEMPORARY ".ccm."

#endif
