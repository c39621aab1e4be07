/* SPDX-License-Identifier: ISC */
/*
 * ccmctl object import: all objects of <type>.json files, in batches that fit
 * into one transaction of the store. The output of object list --json can be
 * imported again. Objects that are in none of the files are left alone.
 */
#include "ctl/object_file.h"
#include "ctl/types.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/path.h"
#include "base/util.h"
#include "ctl/text.h"

#include <dirent.h>
#include <sys/stat.h>

#define BATCH_MAX 100
#define BATCH_BYTES_MAX (1024 * 1024)

struct import {
    struct ctl *ctl;
    int64_t revision;
    json_t *types;    /* type: how many were written */
    json_t *declared; /* types: see types.h */
    json_t *files;    /* read and checked, each {"type","objects"} */
};

static int import_send(struct import *import, const char *type, json_t *batch)
{
    json_auto_t *result = NULL;
    size_t n = json_array_size(batch);
    int64_t before;
    int r;

    if (n == 0)
        return CCM_EXIT_DONE;
    r = ctl_ask(
        import->ctl, "object.import",
        json_pack("{s:o, s:O}", "type", json_text(type), "objects", batch), -1,
        &result);
    before = json_integer_or(import->types, type, 0);
    if (r != CCM_EXIT_DONE) {
        error_prefix(&import->ctl->error, 0, "%s: after writing %lld objects",
                     type, (long long) before);
        return r;
    }
    json_object_set_new(import->types, type,
                        json_integer(before + (json_int_t) n));
    import->revision = json_integer_or(result, "revision", 0);
    json_array_clear(batch);
    return CCM_EXIT_DONE;
}

static int import_check(struct import *import, const char *name,
                        const json_t *list)
{
    struct error *err = &import->ctl->error;
    struct type *type = NULL;
    const json_t *object;
    size_t i;
    int r = types_find(import->ctl, import->declared, name, &type);

    json_array_foreach (list, i, object) {
        if (r != CCM_EXIT_DONE)
            break;
        if (types_check_object(type, name, object, err) == 0)
            continue;
        error_prefix(err, 0, "entry %zu", i + 1);
        r = CCM_EXIT_FAILED;
    }
    type_free(type);
    return r;
}

static int import_list(struct import *import, const char *type,
                       const json_t *list)
{
    json_auto_t *batch = json_array();
    size_t i, bytes = 0;
    json_t *object;
    int r = CCM_EXIT_DONE;

    json_array_foreach (list, i, object) {
        size_t size = json_dumpb(object, NULL, 0, JSON_COMPACT);

        if (json_array_size(batch) >= BATCH_MAX ||
            bytes + size > BATCH_BYTES_MAX) {
            r = import_send(import, type, batch);
            bytes = 0;
        }
        if (r != CCM_EXIT_DONE)
            return r;
        json_array_append(batch, object);
        bytes += size;
    }
    return import_send(import, type, batch);
}

static int import_file(struct import *import, const char *path)
{
    cleanup_free char *type = NULL;
    json_auto_t *objects = NULL;
    int r = object_file_read(import->ctl, path, &type, &objects);

    if (r == CCM_EXIT_DONE)
        r = import_check(import, type, objects);
    if (r != CCM_EXIT_DONE) {
        error_prefix(&import->ctl->error, 0, "nothing was written");
        return r;
    }
    json_array_append_new(
        import->files,
        json_pack("{s:o, s:O}", "type", json_text(type), "objects", objects));
    return CCM_EXIT_DONE;
}

static int import_is_json(const struct dirent *entry)
{
    cleanup_free char *type = object_file_type(entry->d_name);

    return type != NULL && entry->d_name[0] != '.';
}

static int import_directory(struct import *import, const char *path)
{
    struct dirent **entries;
    int n = scandir(path, &entries, import_is_json, alphasort);
    int i, r = CCM_EXIT_DONE;

    if (n < 0)
        return ctl_fail(import->ctl, CCM_EXIT_FAILED, "%s: %m", path);
    for (i = 0; i < n; i++) {
        cleanup_free char *file = path_join(path, entries[i]->d_name);

        if (r == CCM_EXIT_DONE)
            r = import_file(import, file);
        free(entries[i]);
    }
    free(entries);
    if (n == 0)
        return ctl_fail(import->ctl, CCM_EXIT_FAILED,
                        "%s: contains no <type>.json", path);
    return r;
}

static int import_write(struct import *import)
{
    const json_t *file;
    size_t i;
    int r = CCM_EXIT_DONE;

    json_array_foreach (import->files, i, file)
        if (r == CCM_EXIT_DONE)
            r = import_list(import, json_string_or(file, "type", ""),
                            json_object_get(file, "objects"));
    return r;
}

static int import_report(struct import *import)
{
    struct ctl *ctl = import->ctl;
    const char *type;
    json_t *n;

    if (ctl->json) {
        json_auto_t *report =
            json_pack("{s:I, s:O}", "revision", (json_int_t) import->revision,
                      "types", import->types);

        return ctl_print_json(ctl, report);
    }
    json_object_foreach (import->types, type, n)
        text_line(ctl->out, "wrote %lld %s", (long long) json_integer_value(n),
                  type);
    if (json_object_size(import->types) == 0)
        text_line(ctl->out, "nothing to write");
    return CCM_EXIT_DONE;
}

int command_import(struct ctl *ctl)
{
    json_auto_t *types = json_object(), *files = json_array();
    struct import import = {.ctl = ctl, .types = types, .files = files};
    int i, r = types_asked(ctl, &import.declared);

    for (i = 0; i < ctl->n_words && r == CCM_EXIT_DONE; i++) {
        struct stat st;

        if (stat(ctl->words[i], &st) == 0 && S_ISDIR(st.st_mode))
            r = import_directory(&import, ctl->words[i]);
        else
            r = import_file(&import, ctl->words[i]);
    }
    json_decref(import.declared);
    if (r == CCM_EXIT_DONE)
        r = import_write(&import);
    return r == CCM_EXIT_DONE ? import_report(&import) : r;
}
