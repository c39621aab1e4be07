/* SPDX-License-Identifier: ISC */
/*
 * The history on disk. Each record is one file: adding one touches no other, a
 * crash can damage none, and limits by count and age only remove files. The id
 * is the time and a number, by which records are ordered: a clock that was
 * wrong for a while shows in the records of that while alone. (An older ccm put
 * the process id there, and those records come first, by their time.) A clock
 * that is ahead makes all records look old, so only a few are removed at a
 * time.
 */
#include "change/history.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/json.h"
#include "base/path.h"
#include "base/util.h"
#include "change/history_text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <time.h>

#define HISTORY_SUFFIX ".json"
/* "20261122T030405.678Z-4711" */
#define HISTORY_ID_MAX 40
#define HISTORY_TIME_SIZE 20
/* Above any process id. */
#define HISTORY_NUMBER_MIN 10000000
#define HISTORY_OLD_MAX 2 /* removed for each that is added */

static char *history_folder(const struct config *config)
{
    return path_join(config->state_dir, "history");
}

/* ---------------------------------------------------------------------- ids */

static bool history_is_id(const char *id)
{
    static const char shape[] = "dddddddd"
                                "Tdddddd.dddZ-";
    size_t i;

    for (i = 0; shape[i]; i++)
        if (shape[i] == 'd' ? id[i] < '0' || id[i] > '9' : id[i] != shape[i])
            return false;
    return strlen(id) < HISTORY_ID_MAX && id[i] != '\0' &&
           id[i + strspn(id + i, "0123456789")] == '\0';
}

static void history_time(char text[HISTORY_ID_MAX], const struct timespec *when)
{
    struct tm utc;
    size_t used;

    gmtime_r(&when->tv_sec, &utc);
    used = strftime(text, HISTORY_ID_MAX, "%Y%m%dT%H%M%S", &utc);
    snprintf(text + used, HISTORY_ID_MAX - used, ".%03ldZ",
             when->tv_nsec / 1000000);
}

/* ------------------------------------------------------------------ the list
 */

struct history_ids {
    const char *suffix; /* of their files */
    char **list;        /* the oldest first */
    size_t n, capacity;
};

static void history_ids_done(struct history_ids *ids)
{
    size_t i;

    for (i = 0; i < ids->n; i++)
        free(ids->list[i]);
    free(ids->list);
}

/* The number by which records are ordered; 0: it has none. */
static uint64_t history_number(const char *id)
{
    uint64_t number = strtoull(strchr(id, '-') + 1, NULL, 10);

    return number >= HISTORY_NUMBER_MIN && number < UINT64_MAX / 2 ? number : 0;
}

static int history_compare(const void *a, const void *b)
{
    const char *left = *(char *const *) a, *right = *(char *const *) b;
    uint64_t x = history_number(left), y = history_number(right);

    return x != y ? (x > y) - (x < y) : strcmp(left, right);
}

static void history_ids_add(struct history_ids *ids, const char *name)
{
    const char *suffix = strchr(name, 'Z');
    cleanup_free char *id = NULL;

    suffix = suffix ? strstr(suffix, HISTORY_SUFFIX) : NULL;
    if (!suffix || !streq(suffix, ids->suffix))
        return;
    id = xstrndup(name, (size_t) (suffix - name));
    if (!history_is_id(id))
        return;
    xgrow(&ids->list, &ids->capacity, ids->n, sizeof(*ids->list));
    ids->list[ids->n++] = STEAL(id);
}

/* Returns 0 (also if there is no folder) or -errno. */
static int history_ids_read(const char *folder, struct history_ids *ids,
                            struct error *err)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    if (!dir && errno == ENOENT)
        return 0;
    if (!dir)
        return error_errno(err, -errno, "%s", folder);
    while ((entry = readdir(dir)))
        history_ids_add(ids, entry->d_name);
    closedir(dir);
    if (ids->n > 0)
        qsort(ids->list, ids->n, sizeof(*ids->list), history_compare);
    return 0;
}

/* A new id, after all others. Its time is the clock's, right or wrong. */
static char *history_new_id(const char *folder)
{
    struct history_ids ids = {.suffix = HISTORY_SUFFIX};
    uint64_t number = HISTORY_NUMBER_MIN;
    struct timespec now;
    char text[HISTORY_ID_MAX];

    history_ids_read(folder, &ids, NULL);
    if (ids.n > 0 && history_number(ids.list[ids.n - 1]) > 0)
        number = history_number(ids.list[ids.n - 1]) + 1;
    history_ids_done(&ids);
    clock_gettime(CLOCK_REALTIME, &now);
    history_time(text, &now);
    return xasprintf("%s-%" PRIu64, text, number);
}

static int history_read(const char *folder, const char *id, json_t **out,
                        struct error *err)
{
    cleanup_free char *name = xasprintf("%s" HISTORY_SUFFIX, id);
    cleanup_free char *path = path_join(folder, name);
    cleanup_free char *text = NULL;
    json_t *record;
    size_t size;
    int r = io_read_file(AT_FDCWD, path, HISTORY_RECORD_MAX, &text, &size, err);

    if (r < 0)
        return r;
    r = json_parse(text, size, HISTORY_RECORD_MAX, &record, err);
    if (r == 0 && !json_is_object(record)) {
        json_decref(record);
        r = error_set(err, -EPROTO, "is not a JSON object");
    }
    if (r < 0)
        return error_prefix(err, r, "%s", path);
    *out = record;
    return 0;
}

/* ------------------------------------------------------------------- keeping
 */

static void history_remove(int folder_fd, const char *id, const char *suffix)
{
    cleanup_free char *name = xasprintf("%s%s", id, suffix);

    unlinkat(folder_fd, name, 0);
}

/* Removes the remains of a record that was being written during a crash. */
static void history_clean(const char *folder, int folder_fd)
{
    struct history_ids ids = {.suffix = HISTORY_SUFFIX ".new"};
    size_t i;

    history_ids_read(folder, &ids, NULL);
    for (i = 0; i < ids.n; i++)
        history_remove(folder_fd, ids.list[i], ids.suffix);
    history_ids_done(&ids);
}

/* Removes records that are too old or too many. */
static void history_prune(const struct config *config, const char *folder,
                          int folder_fd)
{
    struct history_ids ids = {.suffix = HISTORY_SUFFIX};
    struct timespec then;
    char oldest[HISTORY_ID_MAX];
    size_t i, old = 0;

    clock_gettime(CLOCK_REALTIME, &then);
    then.tv_sec -= (time_t) config->history_days * 24 * 3600;
    history_time(oldest, &then);
    history_ids_read(folder, &ids, NULL);
    for (i = 0; i + 1 < ids.n; i++) { /* the newest stays in any case */
        bool too_many = ids.n - i > (uint64_t) config->history_max;

        /* One of a clock that was behind hides no younger one before it. */
        if (!too_many &&
            (strncmp(ids.list[i], oldest, HISTORY_TIME_SIZE) >= 0 ||
             old++ >= HISTORY_OLD_MAX))
            break;
        history_remove(folder_fd, ids.list[i], HISTORY_SUFFIX);
    }
    history_ids_done(&ids);
}

/* ----------------------------------------------------------------- recording
 */

/* The record's text with its id, new. Diffs, then changes are left out if it
 * is too large. */
static char *history_text_of(const json_t *record, const char *id)
{
    json_t *copy = json_deep_copy(record), *changes, *change;
    char *text;
    size_t i;

    json_object_set_new(copy, "id", json_string(id));
    text = json_line(copy);
    if (strlen(text) > HISTORY_RECORD_MAX) {
        changes = json_object_get(copy, "changes");
        json_array_foreach (changes, i, change)
            if (json_object_del(change, "diff") == 0)
                json_object_set_new(change, "diff_omitted", json_true());
        free(text);
        text = json_line(copy);
    }
    if (strlen(text) > HISTORY_RECORD_MAX) {
        json_object_set_new(
            copy, "changes_omitted",
            json_integer((json_int_t) json_array_size(changes)));
        json_object_del(copy, "changes");
        free(text);
        text = json_line(copy);
    }
    json_decref(copy);
    return text;
}

static int history_open(const char *folder, struct error *err)
{
    int fd, r = io_make_dirs(folder, err);

    if (r < 0)
        return r;
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    /* Diffs may contain data that not all users of this machine may see. */
    if (fd >= 0 && fchmod(fd, 0700) < 0) {
        r = -errno;
        close(fd);
        return error_errno(err, r, "%s", folder);
    }
    return fd >= 0 ? fd : error_errno(err, -errno, "%s", folder);
}

int history_add(const struct config *config, const json_t *record,
                struct error *err)
{
    cleanup_free char *folder = history_folder(config);
    cleanup_close int folder_fd = history_open(folder, err);
    cleanup_free char *id = NULL, *text = NULL, *name = NULL;
    int r;

    if (folder_fd < 0)
        return error_prefix(err, folder_fd, "history");
    id = history_new_id(folder);
    text = history_text_of(record, id);
    if (strlen(text) > HISTORY_RECORD_MAX)
        return error_set(err, -EMSGSIZE, "history: a record of %zu bytes",
                         strlen(text));
    name = xasprintf("%s" HISTORY_SUFFIX, id);
    /* A failure here changes nothing else, and etcd knows of the run, too. */
    r = io_replace_file_soon(folder_fd, name, 0600, text, strlen(text), err);
    if (r < 0)
        return error_prefix(err, r, "history");
    history_clean(folder, folder_fd);
    history_prune(config, folder, folder_fd);
    return 0;
}

/* ------------------------------------------------------------------- reading
 */

static void history_drop_diffs(json_t *record)
{
    json_t *change;
    size_t i;

    json_array_foreach (json_object_get(record, "changes"), i, change)
        json_object_del(change, "diff");
}

int history_list(const struct config *config, size_t limit, json_t **out,
                 struct error *err)
{
    cleanup_free char *folder = history_folder(config);
    struct history_ids ids = {.suffix = HISTORY_SUFFIX};
    json_t *list;
    size_t i;
    int r = history_ids_read(folder, &ids, err);

    if (r < 0)
        return error_prefix(err, r, "history");
    list = json_array();
    for (i = ids.n; i > 0 && (limit == 0 || ids.n - i < limit); i--) {
        struct error why;
        json_t *record = NULL;

        if (history_read(folder, ids.list[i - 1], &record, &why) < 0) {
            record = json_object();
            json_object_set_new(record, "id", json_string(ids.list[i - 1]));
            json_object_set_new(record, "error", json_text(why.text));
        }
        history_drop_diffs(record);
        json_array_append_new(list, record);
    }
    history_ids_done(&ids);
    *out = list;
    return 0;
}

int history_get(const struct config *config, const char *id, json_t **out,
                struct error *err)
{
    cleanup_free char *folder = history_folder(config);
    int r;

    if (!history_is_id(id))
        return error_set(err, -EINVAL,
                         "\"%.64s\" is not the id of a run; see ccmctl history",
                         id);
    r = history_read(folder, id, out, err);
    if (r == -ENOENT)
        return error_set(err, r, "no run %s; see ccmctl history", id);
    return r;
}

static int history_document(const struct config *config,
                            const struct history_query *q, json_t **out,
                            struct error *err)
{
    json_t *list;
    int r;

    if (q->id)
        return history_get(config, q->id, out, err);
    r = history_list(config, q->limit, &list, err);
    if (r < 0)
        return r;
    *out = json_object();
    json_object_set_new(*out, "records", list);
    return 0;
}

int history_show(const struct config *config, const struct history_query *q,
                 FILE *out, struct error *err)
{
    bool visible = q->colour || (fileno(out) >= 0 && isatty(fileno(out)));
    json_t *document;
    int r = history_document(config, q, &document, err);

    if (r < 0)
        return r;
    errno = 0;
    if (q->json)
        r = json_dumpf(document, out, JSON_INDENT(2) | JSON_SORT_KEYS) < 0 ||
            fputc('\n', out) == EOF;
    else if (q->id)
        history_text_record(document, visible, out);
    else
        history_text_list(json_object_get(document, "records"), out);
    json_decref(document);
    if (r != 0 || fflush(out) != 0 || ferror(out))
        return error_errno(err, errno ? -errno : -EIO, "writing the history");
    return 0;
}
