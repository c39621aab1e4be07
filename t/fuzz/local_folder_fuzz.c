/* SPDX-License-Identifier: ISC */
/*
 * The folder of a local store as an editor, a crash or a bad disk leaves it:
 * its .state, a vertical tab, and files (name, newline, contents), parted by
 * form feeds. A key in .state whose inode is -1 gets the real file's identity,
 * which no fuzzer guesses. What is opened has revisions as etcd has them, and
 * closed and opened again it is the same.
 */
#include "fuzz.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/json.h"
#include "base/util.h"
#include "store/local_folder.h"
#include "store/store_backend.h"

#include <fcntl.h>
#include <sys/stat.h>

static char *folder_path;

/* Where a folder stands already, or a file is in the way, nothing is made. */
static void make_file(struct fuzz_input *input)
{
    cleanup_free char *one = NULL, *name = NULL, *path = NULL, *parent = NULL;
    struct fuzz_input part;
    cleanup_close int fd = -1;
    size_t size;

    one = fuzz_cut(input, '\f', &size);
    part = (struct fuzz_input){one, size};
    name = fuzz_cut(&part, '\n', NULL);
    if (txn_check_key(name) < 0 || streq(name, ".state"))
        return;
    path = xasprintf("%s/%s", folder_path, name);
    parent = xstrdup(path);
    *strrchr(parent, '/') = '\0';
    if (io_make_dirs(parent, NULL) < 0)
        return;
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0)
        fuzz_check(io_write_all(fd, part.next, part.left) == 0);
}

static void fill_identity(const char *key, json_t *known)
{
    cleanup_free char *path = xasprintf("%s/%s", folder_path, key);
    struct stat st;

    if (txn_check_key(key) < 0 || lstat(path, &st) < 0 ||
        json_integer_value(json_array_get(known, 2)) != -1)
        return;
    json_array_set_new(known, 2, json_integer((json_int_t) st.st_ino));
    json_array_set_new(
        known, 3,
        json_integer((json_int_t) st.st_mtim.tv_sec * 1000000000 +
                     st.st_mtim.tv_nsec));
    json_array_set_new(known, 4, json_integer(st.st_size));
}

static void make_state(const char *text, size_t size)
{
    json_auto_t *state = NULL;
    cleanup_free char *line = NULL;
    const char *key;
    json_t *known;

    if (json_parse(text, size, size, &state, NULL) == 0) {
        json_object_foreach (json_object_get(state, "keys"), key, known)
            fill_identity(key, known);
        line = json_line(state);
        text = line;
        size = strlen(line);
    }
    fuzz_write("store/.state", text, size);
}

static void check_table(const struct local_table *table, int64_t revision)
{
    size_t i;

    fuzz_check(revision >= 1);
    for (i = 0; i < table->n; i++) {
        const struct local_kv *kv = &table->list[i];

        fuzz_check(txn_check_key(kv->key) == 0);
        fuzz_check(i == 0 || strcmp(table->list[i - 1].key, kv->key) < 0);
        fuzz_check(kv->value[kv->value_size] == '\0' && kv->lease == 0);
        fuzz_check(kv->create_revision > 0);
        fuzz_check(kv->create_revision <= kv->mod_revision);
        fuzz_check(kv->mod_revision <= revision);
    }
}

static void check_same(const struct local_table *a, const struct local_table *b)
{
    size_t i;

    fuzz_check(a->n == b->n);
    for (i = 0; i < a->n; i++) {
        const struct local_kv *x = &a->list[i], *y = &b->list[i];

        fuzz_check(streq(x->key, y->key) && x->value_size == y->value_size);
        fuzz_check(memcmp(x->value, y->value, x->value_size) == 0);
        fuzz_check(x->create_revision == y->create_revision);
        fuzz_check(x->mod_revision == y->mod_revision);
    }
}

/* A commit of one key writes what the next opening finds. */
static void try_again(struct local_folder *folder, struct local_table *table,
                      int64_t revision)
{
    struct local_effect effect = {"flag", "{}", 2, revision + 1, revision + 1};
    struct local_table again = {0};
    int64_t revision_again;

    if (revision == INT64_MAX ||
        local_folder_begin(folder, table,
                           &(struct local_commit){revision + 1, &effect, 1},
                           NULL) < 0) {
        local_folder_close(folder);
        return;
    }
    local_table_put(table, "flag", "{}", 2, revision + 1)->create_revision =
        revision + 1;
    local_folder_finish(folder, table, revision + 1);
    local_folder_close(folder);
    if (local_folder_open(folder, folder_path, &again, &revision_again, NULL))
        return;
    fuzz_check(revision_again == revision + 1);
    check_same(table, &again);
    local_folder_close(folder);
    local_table_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *) data, size};
    size_t state_size;
    cleanup_free char *state = fuzz_cut(&input, '\v', &state_size);
    struct local_table table = {0};
    struct local_folder folder;
    int64_t revision = -4711;
    struct error err;

    if (!folder_path)
        folder_path = xasprintf("%s/store", fuzz_directory());
    fuzz_remove_below("store");
    while (input.left > 0)
        make_file(&input);
    make_state(state, state_size);
    fuzz_error_init(&err);
    if (local_folder_open(&folder, folder_path, &table, &revision, &err) < 0) {
        fuzz_check_error(&err);
        fuzz_check(revision == -4711 && table.n == 0);
        return 0;
    }
    check_table(&table, revision);
    try_again(&folder, &table, revision);
    local_table_done(&table);
    return 0;
}
