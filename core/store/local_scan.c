/* SPDX-License-Identifier: ISC */
/* Opening a local store: which files are keys, and which revisions they have.
 * Files that do not look like keys are left alone. */
#include "local_scan.h"

#include "base/alloc.h"
#include "base/util.h"
#include "store/local_file.h"
#include "store/store_backend.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>

#define DEPTH_MAX 8
/* There is room for twice as many. */
#define REVISION_MAX (INT64_MAX / 2)

struct local_scan {
    const struct local_folder *folder;
    const json_t *keys; /* of the state file */
    struct local_table *table;
    int64_t revision;
};

static int64_t local_number(const json_t *list, size_t index)
{
    return json_integer_value(json_array_get(list, index));
}

/* Can a key have these revisions if the store is at newest? */
static bool local_revisions_fit(int64_t created, int64_t modified,
                                int64_t newest)
{
    return created > 0 && created <= modified && modified <= newest;
}

static int local_check_effect(const json_t *effect, int64_t newest,
                              struct error *err)
{
    const char *key = json_string_value(json_array_get(effect, 0));
    const json_t *value = json_array_get(effect, 1);

    if (!key || txn_check_key(key) < 0)
        return error_set(err, -EPROTO,
                         "store: .state has an effect without a key");
    if (json_is_null(value) ||
        (json_is_string(value) &&
         local_revisions_fit(local_number(effect, 2), local_number(effect, 3),
                             newest)))
        return 0;
    return error_set(err, -EPROTO,
                     "store: the effect on \"%.100s\" in .state has no value, "
                     "or no revision",
                     key);
}

int local_scan_effects(const json_t *state, json_t **out, struct error *err)
{
    int64_t newest = json_integer_value(json_object_get(state, "revision"));
    json_t *effects = json_object_get(state, "effects");
    const json_t *effect;
    size_t i;
    int r = 0;

    if (newest < 0 || newest > REVISION_MAX)
        return error_set(err, -EPROTO, "store: .state has no revision");
    json_array_foreach (effects, i, effect) {
        r = local_check_effect(effect, newest, err);
        if (r < 0)
            return r;
    }
    *out = json_array_size(effects) > 0 ? json_incref(effects) : NULL;
    return 0;
}

/* The last effect on key, or NULL. */
static const json_t *local_effect_of(const struct local_scan *scan,
                                     const char *key)
{
    const json_t *effect, *last = NULL;
    size_t i;

    json_array_foreach (scan->folder->effects, i, effect)
        if (streq(json_string_value(json_array_get(effect, 0)), key))
            last = effect;
    return last;
}

/* The revisions that a file had when it was last seen; if it is another one
 * now, the next revision. */
static void local_restore(struct local_scan *scan, struct local_kv *kv)
{
    const json_t *effect = local_effect_of(scan, kv->key);
    const json_t *known = json_object_get(scan->keys, kv->key);

    if (effect) {
        kv->create_revision = local_number(effect, 2);
        kv->mod_revision = local_number(effect, 3);
        return;
    }
    kv->mod_revision = local_number(known, 1);
    kv->create_revision = local_number(known, 0);
    if (local_revisions_fit(kv->create_revision, kv->mod_revision,
                            scan->revision) &&
        (int64_t) kv->identity.inode == local_number(known, 2) &&
        kv->identity.mtime_ns == local_number(known, 3) &&
        kv->identity.size == local_number(known, 4))
        return;
    kv->mod_revision = ++scan->revision;
    if (!local_revisions_fit(kv->create_revision, kv->mod_revision,
                             scan->revision))
        kv->create_revision = kv->mod_revision;
}

static int local_scan_file(struct local_scan *scan, const char *key,
                           struct error *err)
{
    struct local_identity identity;
    cleanup_free char *value = NULL;
    size_t size = 0;
    struct local_kv *kv;
    int r = local_file_look(scan->folder, key, &identity, &value, &size);

    if (r < 0)
        return error_errno(err, r, "store: %s/%s", scan->folder->path, key);
    if (r == 0 ||
        (scan->table->n >= LOCAL_KEYS_MAX && after_prefix(key, "events/")))
        return 0;
    kv = local_table_put(scan->table, key, value, size, 0);
    kv->identity = identity;
    local_restore(scan, kv);
    return 0;
}

static int local_scan_folder(struct local_scan *scan, const char *below,
                             int depth, struct error *err);

static int local_scan_entry(struct local_scan *scan, const char *below,
                            const char *name, int depth, struct error *err)
{
    cleanup_free char *key =
        *below ? xasprintf("%s/%s", below, name) : xstrdup(name);

    if (txn_check_key(key) < 0 || name[0] == '.')
        return 0;
    if (local_file_ignores(name) && !json_object_get(scan->keys, key))
        return 0;
    if (depth < DEPTH_MAX) {
        int r = local_scan_folder(scan, key, depth + 1, err);

        if (r != -ENOTDIR)
            return r;
    }
    return local_scan_file(scan, key, err);
}

static int local_scan_folder(struct local_scan *scan, const char *below,
                             int depth, struct error *err)
{
    int fd = openat(scan->folder->fd, *below ? below : ".",
                    O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    struct dirent *entry;
    DIR *dir;
    int r = 0;

    if (fd < 0)
        return errno == ELOOP || errno == ENOTDIR || errno == ENOENT
                   ? -ENOTDIR
                   : error_errno(err, -errno, "store: %s/%s",
                                 scan->folder->path, below);
    dir = fdopendir(fd);
    if (!dir) {
        close(fd);
        return error_errno(err, -ENOMEM, "store: %s", scan->folder->path);
    }
    while (r == 0 && (entry = readdir(dir)))
        if (!streq(entry->d_name, ".") && !streq(entry->d_name, ".."))
            r = local_scan_entry(scan, below, entry->d_name, depth, err);
    closedir(dir);
    return r;
}

int local_scan(const struct local_folder *folder, const json_t *state,
               struct local_table *table, int64_t *revision, struct error *err)
{
    struct local_scan scan = {
        .folder = folder,
        .keys = json_object_get(state, "keys"),
        .table = table,
        .revision = json_integer_value(json_object_get(state, "revision")),
    };
    int r;

    /* Like etcd, which begins at 1: 0 means "does not exist". */
    if (scan.revision < 1)
        scan.revision = 1;
    r = local_scan_folder(&scan, "", 0, err);
    if (r == 0)
        *revision = scan.revision;
    return r;
}
