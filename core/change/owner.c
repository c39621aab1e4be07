/* SPDX-License-Identifier: ISC */
/* Owner and group of declared items. */
#include "change/owner.h"

#include "base/util.h"

/* Does a step before c create this account or change its number? */
static bool owner_is_planned(const struct change *account,
                             const struct change *c)
{
    return account && account < c && !account->absent;
}

static int owner_user(const struct plan *plan, const struct accounts *accounts,
                      const struct change *c, struct owner *out,
                      struct error *err)
{
    const struct change *user = plan ? plan_find_user(plan, c->owner) : NULL;

    out->uid_known = true;
    if (!owner_is_planned(user, c))
        return accounts_uid(accounts, c->owner, &out->uid, err);
    out->uid = user->id;
    if (user->id != 0 || accounts_uid(accounts, c->owner, &out->uid, NULL) == 0)
        return 0;
    out->uid_known = false;
    return 0;
}

/* A user declared without a group has one of its own name. */
static int owner_group(const struct plan *plan, const struct accounts *accounts,
                       const struct change *c, struct owner *out,
                       struct error *err)
{
    const struct change *group = plan ? plan_find_group(plan, c->group) : NULL;
    const struct change *user = plan ? plan_find_user(plan, c->group) : NULL;

    out->gid_known = true;
    if (owner_is_planned(group, c) && group->id != 0) {
        out->gid = group->id;
        return 0;
    }
    if (accounts_gid(accounts, c->group, &out->gid, NULL) == 0)
        return 0;
    out->gid_known = false;
    if (owner_is_planned(group, c) ||
        (owner_is_planned(user, c) && !user->group))
        return 0;
    return accounts_gid(accounts, c->group, &out->gid, err);
}

int owner_resolve(const struct plan *plan, const struct accounts *accounts,
                  const struct change *c, struct owner *out, struct error *err)
{
    struct owner owner = {0};
    int r = owner_user(plan, accounts, c, &owner, err);

    if (r == 0)
        r = owner_group(plan, accounts, c, &owner, err);
    if (r == 0)
        *out = owner;
    return r;
}
