/* SPDX-License-Identifier: ISC */
/* What no module may declare. */
#include "change/protect.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

struct protect_entry {
    char *path;      /* in terms of root */
    const char *key; /* of ccm.conf, or what it is */
};

struct protect {
    const struct config *config;
    struct protect_entry *entries;
    size_t n, capacity;
};

/* ------------------------------------------------------------------- paths */

/* Is path the same as above, or below it? */
static bool protect_is_below(const char *path, const char *above)
{
    const char *rest = after_prefix(path, above);

    return rest && (*rest == '\0' || *rest == '/');
}

/* A path in terms of root. */
static void protect_add_entry(struct protect *protect, const char *path,
                              const char *key)
{
    xgrow(&protect->entries, &protect->capacity, protect->n,
          sizeof(*protect->entries));
    protect->entries[protect->n++] =
        (struct protect_entry){.path = xstrdup(path), .key = key};
}

/* path is absolute on this machine; what is not below root cannot be hit. */
static void protect_add_below(struct protect *protect, const char *path,
                              const char *root, const char *key)
{
    if (streq(root, "/"))
        protect_add_entry(protect, path, key);
    else if (protect_is_below(path, root) && path[strlen(root)])
        protect_add_entry(protect, path + strlen(root), key);
}

/* As it is written and where it really is: a symlink above it, or above root,
 * leads there, too. */
static void protect_add(struct protect *protect, const char *path,
                        const char *key)
{
    char real[PATH_MAX], real_root[PATH_MAX];
    const char *root = protect->config->root;

    if (!path)
        return;
    protect_add_below(protect, path, root, key);
    if (realpath(path, real) && realpath(root, real_root) &&
        !(streq(real, path) && streq(real_root, root)))
        protect_add_below(protect, real, real_root, key);
}

/* Whoever writes these needs no declared user. */
static const char *const protect_databases[] = {"/etc/passwd", "/etc/group",
                                                "/etc/shadow", "/etc/gshadow"};
static const char protect_accounts[] = "accounts";

struct protect *protect_new(const struct config *config)
{
    struct protect *protect = xcalloc(1, sizeof(*protect));
    char **dir;
    size_t i;

    protect->config = config;
    for (i = 0; i < ARRAY_SIZE(protect_databases); i++)
        protect_add_entry(protect, protect_databases[i], protect_accounts);
    protect_add(protect, config->state_dir, "state_dir");
    protect_add(protect, config->socket, "socket");
    protect_add(protect, config->file, "ccm.conf itself");
    protect_add(protect, config->modules_d, "modules_d");
    for (dir = config->module_dirs; dir && *dir; dir++)
        protect_add(protect, *dir, "module_dirs");
    protect_add(protect, config->runner, "runner");
    protect_add(protect, config->store.path, "store.path");
    protect_add(protect, config->store.password_file, "store.password_file");
    protect_add(protect, config->store.tls.cacert, "store.cacert");
    protect_add(protect, config->store.tls.cert, "store.cert");
    protect_add(protect, config->store.tls.key, "store.key");
    protect_add(protect, config->objects.path, "objects.path");
    protect_add(protect, config->objects.api_key_file, "objects.api_key_file");
    protect_add(protect, config->objects.token_file, "objects.token_file");
    protect_add(protect, config->objects.cacert, "objects.cacert");
    if (streq(config->root, "/")) {
        protect_add_entry(protect, "/proc", NULL);
        protect_add_entry(protect, "/sys", NULL);
        protect_add_entry(protect, "/dev", NULL);
    }
    return protect;
}

void protect_free(struct protect *protect)
{
    size_t i;

    for (i = 0; protect && i < protect->n; i++)
        free(protect->entries[i].path);
    if (protect)
        free(protect->entries);
    free(protect);
}

/* Would something of that kind at path take away what is below it? A declared
 * directory above it does not; an exclusive one does right below. */
static bool protect_covers(enum change_kind kind, const char *path,
                           const char *entry)
{
    const char *rest = after_prefix(entry, path);

    if (!rest || *rest != '/' || kind == CHANGE_DIRECTORY)
        return false;
    return kind != CHANGE_EXCLUSIVE || !strchr(rest + 1, '/');
}

int protect_check_path(const struct protect *protect, enum change_kind kind,
                       const char *path, struct error *err)
{
    size_t i;

    for (i = 0; i < protect->n; i++) {
        const struct protect_entry *entry = &protect->entries[i];

        if (!protect_is_below(path, entry->path) &&
            !protect_covers(kind, path, entry->path))
            continue;
        if (!entry->key)
            return error_set(err, -EPERM,
                             "%s belongs to the kernel: no module may declare "
                             "anything there",
                             entry->path);
        if (entry->key == protect_accounts)
            return error_set(err, -EPERM,
                             "%s holds the system's accounts: declare users "
                             "and groups instead",
                             entry->path);
        return error_set(err, -EPERM,
                         "%s belongs to ccm itself (%s): no module may declare "
                         "it",
                         entry->path, entry->key);
    }
    return 0;
}

/* ---------------------------------------------------------------- accounts */

/* Membership in these gives power over the machine. */
static const char *const protect_groups[] = {
    "root", "shadow", "sudo",   "wheel", "adm",
    "disk", "kmem",   "docker", "lxd",   "systemd-journal",
};

static bool protect_names(const struct protect *protect, const char *name)
{
    char **allowed = protect->config->accounts_allow;

    for (; allowed && *allowed; allowed++)
        if (streq(*allowed, name))
            return true;
    return false;
}

static int protect_check_id(const struct protect *protect, const char *what,
                            const char *name, uint32_t id, struct error *err)
{
    const struct config *config = protect->config;

    if (id >= config->accounts_first && id <= config->accounts_last)
        return 0;
    return error_set(err, -EPERM,
                     "%s %s has the id %" PRIu32 ", outside of %" PRId64
                     " to %" PRId64 ": accounts of the system are left alone "
                     "(accounts in ccm.conf sets the range, and accounts.allow "
                     "names exceptions)",
                     what, name, id, config->accounts_first,
                     config->accounts_last);
}

static bool protect_is_powerful(const char *group)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(protect_groups); i++)
        if (streq(group, protect_groups[i]))
            return true;
    return false;
}

/* The name of a group with power that the group is, perhaps under another name
 * or by its number, or NULL. */
static const char *protect_power(const struct accounts *accounts,
                                 const char *group)
{
    size_t i;
    gid_t gid;

    if (protect_is_powerful(group))
        return group;
    if (accounts_gid(accounts, group, &gid, NULL) < 0)
        return NULL; /* to be declared, too: a new group has no power */
    if (gid == 0)
        return "root";
    for (i = 0; i < ARRAY_SIZE(protect_groups); i++) {
        const struct accounts_group *g =
            accounts_group(accounts, protect_groups[i]);

        if (g && g->gid == gid)
            return protect_groups[i];
    }
    return NULL;
}

static int protect_check_group(const struct protect *protect,
                               const struct accounts *accounts,
                               const char *group, struct error *err)
{
    const char *power = protect_power(accounts, group);

    if (!power || protect_names(protect, power))
        return 0;
    return error_set(err, -EPERM,
                     "group %s%s%s gives power over the machine: add %s to "
                     "accounts.allow in ccm.conf if that is meant",
                     group, streq(group, power) ? "" : ", which is ",
                     streq(group, power) ? "" : power, power);
}

/* A user's groups, the primary one included, and home directory. */
static int protect_check_user(const struct protect *protect,
                              const struct accounts *accounts,
                              const struct change *change, struct error *err)
{
    const char *const *group;
    int r = 0;

    if (change->home)
        r = protect_check_path(protect, CHANGE_DIRECTORY, change->home, err);
    if (r == 0 && change->group)
        r = protect_check_group(protect, accounts, change->group, err);
    for (group = change->list; r == 0 && group && *group; group++)
        r = protect_check_group(protect, accounts, *group, err);
    return r;
}

int protect_check_account(const struct protect *protect,
                          const struct accounts *accounts,
                          const struct change *change, struct error *err)
{
    bool user = change->kind == CHANGE_USER;
    const char *what = user ? "user" : "group";
    const struct accounts_user *u =
        user ? accounts_user(accounts, change->name) : NULL;
    const struct accounts_group *g =
        user ? NULL : accounts_group(accounts, change->name);
    int r = 0;

    if (change->kind == CHANGE_MEMBER)
        return protect_check_group(protect, accounts, change->group, err);
    if (protect_names(protect, change->name))
        return protect_check_user(protect, accounts, change, err);
    if (change->id)
        r = protect_check_id(protect, what, change->name, change->id, err);
    if (r == 0 && u)
        r = protect_check_id(protect, what, change->name, u->uid, err);
    if (r == 0 && g)
        r = protect_check_id(protect, what, change->name, g->gid, err);
    return r < 0 ? r : protect_check_user(protect, accounts, change, err);
}
