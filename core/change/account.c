/* SPDX-License-Identifier: ISC */
/*
 * Accounts: checks declarations, and compares them with the node.
 */
#include "change/account.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/util.h"
#include "change/account_state.h"

#include <errno.h>

/* utmp(5) and useradd accept no more. */
#define ACCOUNT_NAME_MAX 32

static int account_check_name(const char *name, struct error *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    static const char more[] = "abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789.-";
    size_t size = strlen(name);

    if (size == 0 || size > ACCOUNT_NAME_MAX || !strchr(letters, name[0]) ||
        name[strspn(name, more)] != '\0')
        return error_set(
            err, -EINVAL,
            "\"%.64s\" is not a valid name: expected a letter or \"_\", then "
            "letters, digits, \"_\", \".\", \"-\"; at most %d",
            name, ACCOUNT_NAME_MAX);
    return 0;
}

/* A field of etc/passwd or of chpasswd's input must not leave its place. */
static int account_check_field(const char *what, const char *text,
                               bool absolute, struct error *err)
{
    if (!text)
        return 0;
    if (strchr(text, ':') || path_has_control(text))
        return error_set(err, -EINVAL, "%s has a colon or a control character",
                         what);
    if (absolute && text[0] != '/')
        return error_set(err, -EINVAL, "%s is not absolute", what);
    return 0;
}

static bool account_is_number(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

static int account_check_user(const struct change *c, struct error *err)
{
    int r = account_check_field("home", c->home, true, err);
    size_t i;

    if (r == 0)
        r = account_check_field("shell", c->shell, true, err);
    if (r == 0)
        r = account_check_field("comment", c->comment, false, err);
    if (r == 0)
        r = account_check_field("password", c->password, false, err);
    if (r == 0 && c->password && c->password[0] == '\0')
        r = error_set(err, -EINVAL,
                      "password is empty, which would let anybody in");
    if (r == 0 && c->group && !account_is_number(c->group))
        r = account_check_name(c->group, err);
    for (i = 0; r == 0 && c->list && c->list[i]; i++)
        r = account_check_name(c->list[i], err);
    return r;
}

static int account_check(const struct change *c, struct error *err)
{
    int r = account_check_name(c->name, err);

    if (r == 0 && c->id == UINT32_MAX)
        r = error_set(err, -EINVAL, "id %u is not allowed", c->id);
    if (r == 0 && streq(c->name, "root") && (c->absent || c->id != 0))
        r = error_set(err, -EINVAL, "root and its id cannot be changed");
    if (r == 0 && c->kind == CHANGE_USER)
        r = account_check_user(c, err);
    if (r < 0)
        error_prefix(err, r, "%s %.64s",
                     c->kind == CHANGE_USER ? "user" : "group", c->name);
    return r;
}

static void account_fill(struct delta *d, const struct change *c,
                         struct account_state *present,
                         const struct account_state *wanted, unsigned differs)
{
    cleanup_buf struct buf detail = BUF_INIT;

    account_state_describe(&detail, differs, present, wanted);
    d->change = c;
    d->action = !wanted->exists    ? DELTA_DELETE
                : !present->exists ? DELTA_CREATE
                                   : DELTA_UPDATE;
    d->detail = detail.size > 0 ? buf_take(&detail) : NULL;
    d->old = account_state_save(present);
    d->old_size = strlen(d->old);
    d->content = true;
}

static int account_compare_whole(const struct accounts *accounts,
                                 const struct change *c, struct delta *d,
                                 struct error *err)
{
    struct account_state present, wanted;
    unsigned differs;
    int r = account_check(c, err);

    if (r < 0)
        return r;
    account_state_wanted(c, &wanted);
    account_state_present(accounts, c->kind, c->name, &present);
    if (!present.exists && c->kind == CHANGE_USER)
        account_state_complete(&wanted);
    differs = account_state_differs(accounts, &present, &wanted);
    /* When this is undone: does the group with its name come or go, too? */
    present.own_group = c->kind == CHANGE_USER && !c->group &&
                        (present.exists || !accounts_group(accounts, c->name));
    if (differs)
        account_fill(d, c, &present, &wanted, differs);
    account_state_done(&present);
    account_state_done(&wanted);
    return differs != 0;
}

/* A user who is made by an earlier step is in no further group yet. */
static int account_compare_member(const struct accounts *accounts,
                                  const struct change *c, struct delta *d,
                                  struct error *err)
{
    struct account_state present, wanted;
    unsigned differs;
    int r = account_check_name(c->name, err);

    if (r == 0)
        r = account_check_name(c->group, err);
    if (r < 0)
        return error_prefix(err, r, "member %.64s", c->name);
    account_state_present(accounts, CHANGE_USER, c->name, &present);
    account_state_member(c, &present, &wanted);
    differs = account_state_differs(accounts, &present, &wanted);
    differs &= ACCOUNT_GROUPS | (c->absent ? 0 : ACCOUNT_EXISTS);
    if (differs)
        account_fill(d, c, &present, &wanted, ACCOUNT_GROUPS);
    account_state_done(&present);
    account_state_done(&wanted);
    return differs != 0;
}

int account_compare(const struct accounts *accounts, const struct change *c,
                    struct delta *d, struct error *err)
{
    if (c->kind == CHANGE_MEMBER)
        return account_compare_member(accounts, c, d, err);
    return account_compare_whole(accounts, c, d, err);
}
