/* SPDX-License-Identifier: ISC */
/* An account's state, and the way from one to another, for comparing,
 * showing and keeping it. */
#include "change/account_state.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "base/visible.h"

#include <errno.h>
#include <inttypes.h>

#define ACCOUNT_STATE_MAX (4 * 1024 * 1024)

static const char **account_state_copy_list(const char *const *list)
{
    size_t n = 0;

    while (list[n])
        n++;
    return xmemdup(list, (n + 1) * sizeof(*list));
}

void account_state_wanted(const struct change *change,
                          struct account_state *out)
{
    *out = (struct account_state){
        .exists = !change->absent,
        .id_set = change->id != 0,
        .id = change->id,
    };
    if (change->kind == CHANGE_GROUP)
        return;
    out->own_group = !change->group;
    out->group = change->group ? change->group : change->name;
    out->groups = change->list ? account_state_copy_list(change->list) : NULL;
    out->home = change->home;
    out->shell = change->shell;
    out->comment = change->comment;
    out->password = change->password;
    if (change->reset)
        account_state_complete(out);
}

void account_state_complete(struct account_state *wanted)
{
    if (!wanted->home)
        wanted->home = "/";
    if (!wanted->shell)
        wanted->shell = "/usr/sbin/nologin";
    if (!wanted->comment)
        wanted->comment = "";
}

void account_state_member(const struct change *change,
                          const struct account_state *present,
                          struct account_state *out)
{
    size_t n = 0, used = 0, i;

    while (present->groups && present->groups[n])
        n++;
    *out = (struct account_state){.exists = true};
    out->groups = xcalloc(n + 2, sizeof(*out->groups));
    for (i = 0; i < n; i++)
        if (!streq(present->groups[i], change->group))
            out->groups[used++] = present->groups[i];
    if (!change->absent)
        out->groups[used++] = change->group;
}

static void account_state_of_user(const struct accounts *accounts,
                                  const struct accounts_user *user,
                                  struct account_state *out)
{
    const struct accounts_group *group =
        accounts_group_by_id(accounts, user->gid);

    *out = (struct account_state){
        .exists = true,
        .id_set = true,
        .id = user->uid,
        .gid_set = true,
        .gid = user->gid,
        .group = group ? group->name : out->number,
        .home = user->home,
        .shell = user->shell,
        .comment = user->comment,
        .password = user->password,
    };
    snprintf(out->number, sizeof(out->number), "%" PRIu32, user->gid);
    accounts_groups_of(accounts, user->name, &out->groups);
}

void account_state_present(const struct accounts *accounts,
                           enum change_kind kind, const char *name,
                           struct account_state *out)
{
    const struct accounts_group *group = accounts_group(accounts, name);
    const struct accounts_user *user = accounts_user(accounts, name);

    *out = (struct account_state){0};
    if (kind == CHANGE_USER && user)
        account_state_of_user(accounts, user, out);
    else if (kind == CHANGE_GROUP && group)
        *out = (struct account_state){.exists = true,
                                      .id_set = true,
                                      .id = group->gid,
                                      .members = group->members};
}

void account_state_done(struct account_state *state)
{
    free(state->groups);
    json_decref(state->memory);
    *state = (struct account_state){0};
}

static void account_state_save_text(json_t *object, const char *field,
                                    const char *text)
{
    if (text)
        json_object_set_new(object, field, json_text(text));
}

char *account_state_save(const struct account_state *state)
{
    json_t *object = json_object();
    char *text;
    size_t i;

    json_object_set_new(object, "exists", json_boolean(state->exists));
    json_object_set_new(object, "own_group", json_boolean(state->own_group));
    if (state->id_set)
        json_object_set_new(object, "id", json_integer(state->id));
    if (state->gid_set)
        json_object_set_new(object, "gid", json_integer(state->gid));
    account_state_save_text(object, "group", state->group);
    account_state_save_text(object, "members", state->members);
    account_state_save_text(object, "home", state->home);
    account_state_save_text(object, "shell", state->shell);
    account_state_save_text(object, "comment", state->comment);
    account_state_save_text(object, "password", state->password);
    if (state->groups) {
        json_t *groups = json_array();

        for (i = 0; state->groups[i]; i++)
            json_array_append_new(groups, json_text(state->groups[i]));
        json_object_set_new(object, "groups", groups);
    }
    text = json_line(object);
    json_decref(object);
    return text;
}

static const char **account_state_load_groups(const json_t *list)
{
    const char **groups;
    size_t n = json_array_size(list), used = 0, i;

    if (!list)
        return NULL;
    groups = xcalloc(n + 1, sizeof(*groups));
    for (i = 0; i < n; i++) {
        const char *name = json_string_value(json_array_get(list, i));

        if (name)
            groups[used++] = name;
    }
    return groups;
}

int account_state_load(const char *text, size_t size, struct account_state *out,
                       struct error *err)
{
    json_t *object;
    int64_t id, gid;
    int r = json_parse(text, size, ACCOUNT_STATE_MAX, &object, err);

    if (r < 0)
        return error_prefix(err, -EPROTO, "an account's old state");
    if (!json_is_object(object)) {
        json_decref(object);
        return error_set(err, -EPROTO,
                         "an account's old state is not a JSON object");
    }
    id = json_integer_or(object, "id", -1);
    gid = json_integer_or(object, "gid", -1);
    *out = (struct account_state){
        .exists = json_bool_or(object, "exists", false),
        .own_group = json_bool_or(object, "own_group", false),
        .id_set = id >= 0 && id < UINT32_MAX,
        .id = (uint32_t) id,
        .gid_set = gid >= 0 && gid < UINT32_MAX,
        .gid = (uint32_t) gid,
        .group = json_string_or(object, "group", NULL),
        .members = json_string_or(object, "members", NULL),
        .home = json_string_or(object, "home", NULL),
        .shell = json_string_or(object, "shell", NULL),
        .comment = json_string_or(object, "comment", NULL),
        .password = json_string_or(object, "password", NULL),
        .groups = account_state_load_groups(json_object_get(object, "groups")),
        .memory = object,
    };
    return 0;
}

static bool account_state_text_differs(const char *present, const char *wanted)
{
    return wanted && (!present || !streq(present, wanted));
}

static bool account_state_has(const char **list, const char *name)
{
    for (; list && *list; list++)
        if (streq(*list, name))
            return true;
    return false;
}

/* As sets. */
static bool account_state_lists_differ(const char **present,
                                       const char **wanted)
{
    size_t i;

    for (i = 0; wanted[i]; i++)
        if (!account_state_has(present, wanted[i]))
            return true;
    for (i = 0; present && present[i]; i++)
        if (!account_state_has(wanted, present[i]))
            return true;
    return false;
}

static bool account_state_group_differs(const struct accounts *accounts,
                                        const struct account_state *present,
                                        const struct account_state *wanted)
{
    gid_t is, shall;

    if (!wanted->group)
        return false;
    if (accounts_gid(accounts, wanted->group, &shall, NULL) < 0)
        return true; /* an earlier step creates it */
    return !present->group ||
           accounts_gid(accounts, present->group, &is, NULL) < 0 || is != shall;
}

unsigned account_state_differs(const struct accounts *accounts,
                               const struct account_state *present,
                               const struct account_state *wanted)
{
    unsigned bits = 0;

    if (present->exists != wanted->exists)
        bits |= ACCOUNT_EXISTS;
    if (!wanted->exists)
        return bits;
    if (wanted->id_set && (!present->id_set || present->id != wanted->id))
        bits |= ACCOUNT_ID;
    if (account_state_group_differs(accounts, present, wanted))
        bits |= ACCOUNT_GROUP;
    if (wanted->groups &&
        account_state_lists_differ(present->groups, wanted->groups))
        bits |= ACCOUNT_GROUPS;
    if (account_state_text_differs(present->members, wanted->members))
        bits |= ACCOUNT_MEMBERS;
    if (account_state_text_differs(present->home, wanted->home))
        bits |= ACCOUNT_HOME;
    if (account_state_text_differs(present->shell, wanted->shell))
        bits |= ACCOUNT_SHELL;
    if (account_state_text_differs(present->comment, wanted->comment))
        bits |= ACCOUNT_COMMENT;
    /* "x" stands for a hash that this user may not read. */
    if (account_state_text_differs(present->password, wanted->password) &&
        !(present->password && streq(present->password, "x")))
        bits |= ACCOUNT_PASSWORD;
    return bits;
}

void account_state_put_groups(struct buf *out, const char *const *groups)
{
    size_t i;

    for (i = 0; groups && groups[i]; i++)
        buf_printf(out, "%s%s", i > 0 ? "," : "", groups[i]);
}

static void account_state_put(struct buf *out, const char *what,
                              const char *present, const char *wanted)
{
    buf_printf(out, "%s%s ", out->size > 0 ? ", " : "", what);
    if (present) {
        visible_put(out, *present ? present : "none",
                    strlen(*present ? present : "none"));
        buf_puts(out, " -> ");
    }
    visible_put(out, *wanted ? wanted : "none",
                strlen(*wanted ? wanted : "none"));
}

static void account_state_put_id(struct buf *out,
                                 const struct account_state *present,
                                 const struct account_state *wanted)
{
    char from[12], to[12];

    snprintf(from, sizeof(from), "%" PRIu32, present->id);
    snprintf(to, sizeof(to), "%" PRIu32, wanted->id);
    account_state_put(out, "id", present->exists ? from : NULL, to);
}

static void account_state_describe_groups(struct buf *out,
                                          const struct account_state *present,
                                          const struct account_state *wanted)
{
    cleanup_buf struct buf from = BUF_INIT, to = BUF_INIT;

    account_state_put_groups(&from, present->groups);
    account_state_put_groups(&to, wanted->groups);
    account_state_put(out, "groups", present->exists ? buf_text(&from) : NULL,
                      buf_text(&to));
}

void account_state_describe(struct buf *out, unsigned differs,
                            const struct account_state *present,
                            const struct account_state *wanted)
{
    if (!wanted->exists)
        return;
    if (differs & ACCOUNT_ID)
        account_state_put_id(out, present, wanted);
    if (differs & ACCOUNT_GROUP)
        account_state_put(out, "group", present->group, wanted->group);
    if (differs & ACCOUNT_GROUPS)
        account_state_describe_groups(out, present, wanted);
    if (differs & ACCOUNT_HOME)
        account_state_put(out, "home", present->home, wanted->home);
    if (differs & ACCOUNT_SHELL)
        account_state_put(out, "shell", present->shell, wanted->shell);
    if (differs & ACCOUNT_COMMENT && (present->comment || *wanted->comment))
        account_state_put(out, "comment", present->comment, wanted->comment);
    if (differs & ACCOUNT_PASSWORD)
        buf_printf(out, "%spassword", out->size > 0 ? ", " : "");
}
