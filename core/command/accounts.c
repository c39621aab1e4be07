/* SPDX-License-Identifier: ISC */
/*
 * The accounts of a root. The files are read whole and split in place; two hash
 * tables find a name, so that comparing thousands of users with thousands of
 * lines stays linear. Customers choose the names, so the hash has a seed that
 * differs in each process.
 */
#include "command/accounts.h"

#include "command/accounts_system.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <xxhash.h>

/* Finds an entry's index by its name. The name is an entry's first field. */
struct accounts_table {
    uint32_t *slots; /* index + 1; 0: free */
    size_t mask;
};

struct accounts {
    bool system; /* of this machine, which may have others by name services */
    char *passwd, *group, *shadow; /* the files, split */
    struct accounts_user *users;
    size_t n_users, users_capacity;
    struct accounts_group *groups;
    size_t n_groups, groups_capacity;
    struct accounts_table users_by_name, groups_by_name;
};

static int accounts_read(int root_fd, const char *path, char **out,
                         struct error *err)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
                           .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    cleanup_close int fd =
        (int) syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
    struct stat stat_;
    char name[32];

    if (fd < 0 && errno == ENOENT) {
        *out = xstrdup("");
        return 0;
    }
    if (fd < 0)
        return error_errno(err, -errno, "/%s", path);
    if (fstat(fd, &stat_) < 0 || !S_ISREG(stat_.st_mode))
        return error_set(err, -EINVAL, "/%s is not a regular file", path);
    snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
    return io_read_file(AT_FDCWD, name, ACCOUNTS_FILE_MAX, out, NULL, err);
}

/* Cuts the next line off *rest, in place. Returns NULL at the end. */
static char *accounts_line(char **rest)
{
    char *line = *rest;
    size_t size = strcspn(line, "\n");

    if (*line == '\0')
        return NULL;
    *rest = line + size + (line[size] == '\n');
    line[size] = '\0';
    return line;
}

/* Cuts a line at its colons. Returns whether it has n fields or more; what
 * follows is left in the last. */
static bool accounts_cut(char *line, char **fields, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if (!line)
            return false;
        fields[i] = line;
        line = strchr(line, ':');
        if (line && i + 1 < n)
            *line++ = '\0';
    }
    return fields[0][0] != '\0' && fields[0][0] != '+' && fields[0][0] != '-' &&
           fields[0][0] != '#';
}

static bool accounts_number(const char *text, uint32_t *out)
{
    uint64_t value = 0;

    if (*text == '\0')
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (uint64_t) (*text - '0');
        if (value >= UINT32_MAX) /* (uid_t) -1 is not a valid id */
            return false;
    }
    *out = (uint32_t) value;
    return true;
}

static size_t accounts_slot(const struct accounts_table *table,
                            const char *name)
{
    const void *random = (const void *) getauxval(AT_RANDOM);
    uint64_t seed = 0;

    if (random)
        memcpy(&seed, random, sizeof(seed));
    return XXH3_64bits_withSeed(name, strlen(name), seed) & table->mask;
}

/* The first field of entry number index of an array of such entries. */
static const char *accounts_name(const void *entries, size_t size, size_t index)
{
    const char *name;

    memcpy(&name, (const char *) entries + index * size, sizeof(name));
    return name;
}

/* Returns the slot of name, or the free one where it belongs. */
static uint32_t *accounts_look(const struct accounts_table *table,
                               const void *entries, size_t size,
                               const char *name)
{
    size_t at = accounts_slot(table, name);

    while (table->slots[at] &&
           !streq(accounts_name(entries, size, table->slots[at] - 1), name))
        at = (at + 1) & table->mask;
    return &table->slots[at];
}

static void accounts_index(struct accounts_table *table, const void *entries,
                           size_t size, size_t n)
{
    size_t slots = 16, i;

    while (slots < n * 2)
        slots *= 2;
    table->slots = xcalloc(slots, sizeof(*table->slots));
    table->mask = slots - 1;
    for (i = 0; i < n; i++) {
        uint32_t *slot = accounts_look(table, entries, size,
                                       accounts_name(entries, size, i));

        if (*slot == 0) /* the first line with a name counts, as in libc */
            *slot = (uint32_t) i + 1;
    }
}

static void accounts_parse_users(struct accounts *accounts)
{
    char *rest = accounts->passwd, *line, *field[7];

    while ((line = accounts_line(&rest))) {
        uint32_t uid, gid;

        if (!accounts_cut(line, field, 7) || !accounts_number(field[2], &uid) ||
            !accounts_number(field[3], &gid))
            continue;
        xgrow(&accounts->users, &accounts->users_capacity, accounts->n_users,
              sizeof(*accounts->users));
        accounts->users[accounts->n_users++] =
            (struct accounts_user){.name = field[0],
                                   .password = field[1],
                                   .comment = field[4],
                                   .home = field[5],
                                   .shell = field[6],
                                   .uid = uid,
                                   .gid = gid};
    }
    accounts_index(&accounts->users_by_name, accounts->users,
                   sizeof(*accounts->users), accounts->n_users);
}

static void accounts_parse_groups(struct accounts *accounts)
{
    char *rest = accounts->group, *line, *field[4];

    while ((line = accounts_line(&rest))) {
        uint32_t gid;

        if (!accounts_cut(line, field, 4) || !accounts_number(field[2], &gid))
            continue;
        xgrow(&accounts->groups, &accounts->groups_capacity, accounts->n_groups,
              sizeof(*accounts->groups));
        accounts->groups[accounts->n_groups++] = (struct accounts_group){
            .name = field[0], .members = field[3], .gid = gid};
    }
    accounts_index(&accounts->groups_by_name, accounts->groups,
                   sizeof(*accounts->groups), accounts->n_groups);
}

static struct accounts_user *accounts_find_user(const struct accounts *accounts,
                                                const char *name)
{
    uint32_t slot = *accounts_look(&accounts->users_by_name, accounts->users,
                                   sizeof(*accounts->users), name);

    return slot ? &accounts->users[slot - 1] : NULL;
}

static void accounts_parse_passwords(struct accounts *accounts)
{
    char *rest = accounts->shadow, *line, *field[3];

    while ((line = accounts_line(&rest))) {
        struct accounts_user *user;

        if (!accounts_cut(line, field, 3))
            continue;
        user = accounts_find_user(accounts, field[0]);
        if (user && streq(user->password, "x"))
            user->password = field[1];
    }
}

static bool accounts_is_system(int root_fd)
{
    struct stat root, here;

    return fstat(root_fd, &here) == 0 && stat("/", &root) == 0 &&
           here.st_dev == root.st_dev && here.st_ino == root.st_ino;
}

int accounts_open(int root_fd, struct accounts **out, struct error *err)
{
    struct accounts *accounts = xcalloc(1, sizeof(*accounts));
    int r = accounts_read(root_fd, "etc/passwd", &accounts->passwd, err);

    if (r == 0)
        r = accounts_read(root_fd, "etc/group", &accounts->group, err);
    if (r == 0) {
        r = accounts_read(root_fd, "etc/shadow", &accounts->shadow, err);
        /* A preview by a user who may not read it works without it. */
        if (r == -EACCES) {
            accounts->shadow = xstrdup("");
            r = 0;
        }
    }
    if (r < 0) {
        accounts_free(accounts);
        return r;
    }
    accounts->system = accounts_is_system(root_fd);
    accounts_parse_users(accounts);
    accounts_parse_groups(accounts);
    accounts_parse_passwords(accounts);
    *out = accounts;
    return 0;
}

void accounts_free(struct accounts *accounts)
{
    if (!accounts)
        return;
    free(accounts->passwd);
    free(accounts->group);
    if (accounts->shadow)
        explicit_bzero(accounts->shadow, strlen(accounts->shadow));
    free(accounts->shadow);
    free(accounts->users);
    free(accounts->groups);
    free(accounts->users_by_name.slots);
    free(accounts->groups_by_name.slots);
    free(accounts);
}

const struct accounts_user *accounts_user(const struct accounts *accounts,
                                          const char *name)
{
    return accounts_find_user(accounts, name);
}

const struct accounts_group *accounts_group(const struct accounts *accounts,
                                            const char *name)
{
    uint32_t slot = *accounts_look(&accounts->groups_by_name, accounts->groups,
                                   sizeof(*accounts->groups), name);

    return slot ? &accounts->groups[slot - 1] : NULL;
}

const struct accounts_group *accounts_group_by_id(const struct accounts *a,
                                                  gid_t gid)
{
    size_t i;

    for (i = 0; i < a->n_groups; i++)
        if (a->groups[i].gid == gid)
            return &a->groups[i];
    return NULL;
}

bool accounts_is_primary(const struct accounts *accounts, gid_t gid)
{
    size_t i;

    for (i = 0; i < accounts->n_users; i++)
        if (accounts->users[i].gid == gid)
            return true;
    return false;
}

int accounts_uid(const struct accounts *accounts, const char *owner, uid_t *out,
                 struct error *err)
{
    const struct accounts_user *user = accounts_user(accounts, owner);
    uint32_t number;

    if (user)
        *out = user->uid;
    else if (accounts_number(owner, &number))
        *out = number;
    else if (streq(owner, "root")) /* a root without etc/passwd */
        *out = 0;
    else if (accounts->system)
        return accounts_system_uid(owner, out, err);
    else
        return error_set(err, -ENOENT, "no user %s", owner);
    return 0;
}

int accounts_gid(const struct accounts *accounts, const char *group, gid_t *out,
                 struct error *err)
{
    const struct accounts_group *found = accounts_group(accounts, group);
    uint32_t number;

    if (found)
        *out = found->gid;
    else if (accounts_number(group, &number))
        *out = number;
    else if (streq(group, "root"))
        *out = 0;
    else if (accounts->system)
        return accounts_system_gid(group, out, err);
    else
        return error_set(err, -ENOENT, "no group %s", group);
    return 0;
}

/* Is name one of members, "a,b,c"? */
static bool accounts_has_member(const char *members, const char *name)
{
    size_t size = strlen(name);

    while (*members) {
        size_t length = strcspn(members, ",");

        if (length == size && memcmp(members, name, size) == 0)
            return true;
        members += length + (members[length] == ',');
    }
    return false;
}

size_t accounts_groups_of(const struct accounts *accounts, const char *name,
                          const char ***out)
{
    const char **names = xcalloc(accounts->n_groups + 1, sizeof(*names));
    size_t n = 0, i;

    for (i = 0; i < accounts->n_groups; i++)
        if (accounts_has_member(accounts->groups[i].members, name))
            names[n++] = accounts->groups[i].name;
    *out = names;
    return n;
}
