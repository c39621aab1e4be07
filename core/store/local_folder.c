/* SPDX-License-Identifier: ISC */
/*
 * A commit that changes several keys must not be half done after a crash: an
 * end of a turn deletes the marker and raises the flag. So ".state" is written
 * twice: first with the effects (that is the commit), then, when the files are
 * there, without them. Opening repeats the effects that it finds. A file whose
 * identity is not the one in ".state" was changed by hand meanwhile, and gets a
 * new revision.
 */
#include "local_folder.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/json.h"
#include "base/util.h"
#include "etcd/base64.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

#include "store/local_file.h"
#include "store/local_scan.h"

#define STATE_FILE ".state"
#define STATE_MAX (256 * 1024 * 1024)

/* -------------------------------------------------------------- the state file
 */

static json_t *local_state_keys(const struct local_table *table)
{
    json_t *keys = json_object();
    size_t i;

    for (i = 0; i < table->n; i++) {
        const struct local_kv *kv = &table->list[i];

        if (kv->lease == 0)
            json_object_set_new(keys, kv->key,
                                json_pack("[I,I,I,I,I]",
                                          (json_int_t) kv->create_revision,
                                          (json_int_t) kv->mod_revision,
                                          (json_int_t) kv->identity.inode,
                                          (json_int_t) kv->identity.mtime_ns,
                                          (json_int_t) kv->identity.size));
    }
    return keys;
}

static int local_write_state(const struct local_folder *folder,
                             const struct local_table *table, int64_t revision,
                             json_t *effects, struct error *err)
{
    json_auto_t *state =
        json_pack("{s:I,s:o,s:O}", "revision", (json_int_t) revision, "keys",
                  local_state_keys(table), "effects", effects);
    cleanup_free char *line = json_line(state);
    int r =
        io_replace_file(folder->fd, STATE_FILE, 0644, line, strlen(line), err);

    return r < 0 ? error_prefix(err, r, "store: %s", folder->path) : 0;
}

static json_t *local_pack_effects(const struct local_effect *effects, size_t n)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < n; i++) {
        const struct local_effect *effect = &effects[i];
        cleanup_buf struct buf value = BUF_INIT;

        if (effect->value)
            base64_encode(&value, effect->value, effect->value_size);
        json_array_append_new(list,
                              json_pack("[s,s?,I,I]", effect->key,
                                        effect->value ? buf_text(&value) : NULL,
                                        (json_int_t) effect->create_revision,
                                        (json_int_t) effect->mod_revision));
    }
    return list;
}

/* ------------------------------------------------------------------ the files
 */

static int local_delete_file(const struct local_folder *folder, const char *key)
{
    const char *slash = strrchr(key, '/');
    cleanup_free char *parent =
        slash ? xstrndup(key, (size_t) (slash - key)) : xstrdup(".");
    cleanup_close int fd = -1;

    if (unlinkat(folder->fd, key, 0) < 0)
        return errno == ENOENT ? 0 : -errno;
    fd = openat(folder->fd, parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

static int local_write_file(const struct local_folder *folder, const char *key,
                            const char *value, size_t size)
{
    const char *slash = strrchr(key, '/');
    int r = 0;

    if (slash) {
        cleanup_free char *parent =
            xasprintf("%s/%.*s", folder->path, (int) (slash - key), key);

        r = io_make_dirs(parent, NULL);
    }
    return r < 0 ? r
                 : io_replace_file(folder->fd, key, 0644, value, size, NULL);
}

/* Writes one effect to its file, and the file's identity to its key. */
static int local_apply_effect(const struct local_folder *folder,
                              struct local_table *table, const json_t *effect)
{
    const char *key = json_string_value(json_array_get(effect, 0));
    const json_t *text = json_array_get(effect, 1);
    struct local_kv *kv = local_table_find(table, key);
    cleanup_free char *value = NULL;
    size_t size = 0;
    int r;

    if (!json_is_string(text))
        return local_delete_file(folder, key);
    r = base64_decode(json_string_value(text), json_string_length(text), &value,
                      &size);
    if (r == 0)
        r = local_write_file(folder, key, value, size);
    if (r == 0 && kv)
        local_file_look(folder, key, &kv->identity, NULL, NULL);
    return r;
}

static int local_apply(const struct local_folder *folder,
                       struct local_table *table, struct error *err)
{
    const json_t *effect;
    size_t i;

    json_array_foreach (folder->effects, i, effect) {
        int r = local_apply_effect(folder, table, effect);

        if (r < 0)
            return error_errno(err, r, "store: %s/%s", folder->path,
                               json_string_value(json_array_get(effect, 0)));
    }
    return 0;
}

void local_folder_finish(struct local_folder *folder, struct local_table *table,
                         int64_t revision)
{
    json_auto_t *none = json_array();

    if (local_apply(folder, table, NULL) < 0 ||
        local_write_state(folder, table, revision, none, NULL) < 0)
        return;
    json_decref(folder->effects);
    folder->effects = NULL;
}

int local_folder_begin(struct local_folder *folder,
                       const struct local_table *table,
                       const struct local_commit *commit, struct error *err)
{
    json_t *list;
    int r;

    if (folder->effects) {
        /* The table has them already; their files come first. */
        r = local_apply(folder, (struct local_table *) table, err);
        if (r < 0)
            return r;
    }
    list = local_pack_effects(commit->effects, commit->n);
    r = local_write_state(folder, table, commit->revision, list, err);
    if (r < 0) {
        json_decref(list);
        return r;
    }
    json_decref(folder->effects);
    folder->effects = list;
    return 0;
}

/* --------------------------------------------------------------------- open */

static int local_lock(struct local_folder *folder, struct error *err)
{
    int r = io_make_dirs(folder->path, err);

    if (r < 0)
        return error_prefix(err, r, "store");
    folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->fd < 0)
        return error_errno(err, -errno, "store: %s", folder->path);
    if (flock(folder->fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno == EWOULDBLOCK)
        return error_set(err, -EBUSY,
                         "store: %s is in use by another ccmd; a local store "
                         "serves one daemon",
                         folder->path);
    return error_errno(err, -errno, "store: cannot lock %s", folder->path);
}

static int local_read_state(struct local_folder *folder, json_t **out,
                            struct error *err)
{
    cleanup_free char *text = NULL;
    json_auto_t *state = NULL;
    size_t size;
    int r = io_read_file(folder->fd, STATE_FILE, STATE_MAX, &text, &size, err);

    if (r == -ENOENT) {
        *out = json_object();
        return 0;
    }
    if (r == 0)
        r = json_parse(text, size, STATE_MAX, &state, err);
    if (r == 0 && !json_is_object(state))
        r = error_set(err, -EPROTO, "expected an object");
    if (r < 0)
        return error_prefix(err, r,
                            "store: %s/" STATE_FILE " cannot be used; without "
                            "it revisions begin afresh",
                            folder->path);
    *out = json_incref(state);
    return 0;
}

int local_folder_open(struct local_folder *folder, const char *path,
                      struct local_table *table, int64_t *revision,
                      struct error *err)
{
    json_auto_t *state = NULL;
    int r;

    *folder = (struct local_folder){.path = xstrdup(path), .fd = -1};
    r = local_lock(folder, err);
    if (r == 0)
        r = local_read_state(folder, &state, err);
    if (r == 0)
        r = local_scan_effects(state, &folder->effects, err);
    if (r == 0)
        r = local_apply(folder, table, err);
    if (r == 0)
        r = local_scan(folder, state, table, revision, err);
    if (r == 0 && folder->effects)
        local_folder_finish(folder, table, *revision);
    if (r < 0) {
        local_folder_close(folder);
        local_table_done(table);
    }
    return r;
}

void local_folder_close(struct local_folder *folder)
{
    if (folder->fd >= 0)
        close(folder->fd);
    json_decref(folder->effects);
    free(folder->path);
    *folder = (struct local_folder){.fd = -1};
}
