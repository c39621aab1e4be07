/* SPDX-License-Identifier: ISC */
/* The history of runs on disk. */
#include "unit/unit.h"

#include "unit/scratch.h"

#include "base/alloc.h"
#include "base/util.h"
#include "change/history.h"

#include <errno.h>
#include <sys/stat.h>

static struct config config_of(char *dir)
{
    return (struct config){
        .state_dir = dir, .history_max = 100, .history_days = 30};
}

static void add(const struct config *config, const char *who)
{
    json_t *record = json_pack(
        "{s:s, s:s, s:i, s:[{s:s, s:s, s:s, s:s, s:s}]}", "who", who, "outcome",
        "changed", "duration_ms", 12, "changes", "configuration", "crontab",
        "kind", "file", "path", "/etc/x", "action", "update", "diff",
        "--- a/etc/x\n+++ b/etc/x\n@@ -1 +1 @@\n-1\n+\033[2J\n");

    assert_int_equal(history_add(config, record, NULL), 0);
    assert_null(json_object_get(record, "id")); /* the record is the caller's */
    json_decref(record);
}

static const char *text_at(const json_t *list, size_t i, const char *field)
{
    return json_string_value(json_object_get(json_array_get(list, i), field));
}

/* What history_show writes. */
static char *show(const struct config *config, const struct history_query *q)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    assert_int_equal(history_show(config, q, out, NULL), 0);
    fclose(out);
    return text;
}

static void lists_the_newest_first_and_shows_one(void **state)
{
    char *dir = scratch_new();
    struct config config = config_of(dir);
    cleanup_free char *list_text = NULL, *text = NULL, *json = NULL;
    struct history_query q = {.limit = 2};
    json_t *list, *record;

    (void) state;
    add(&config, "first");
    add(&config, "second");
    add(&config, "third");
    assert_int_equal(history_list(&config, 2, &list, NULL), 0);
    assert_int_equal(json_array_size(list), 2);
    assert_string_equal(text_at(list, 0, "who"), "third");
    assert_string_equal(text_at(list, 1, "who"), "second");
    assert_null(text_at(json_object_get(json_array_get(list, 0), "changes"), 0,
                        "diff"));
    assert_int_equal(
        history_get(&config, text_at(list, 1, "id"), &record, NULL), 0);
    assert_string_equal(json_string_value(json_object_get(record, "who")),
                        "second");
    list_text = show(&config, &q);
    assert_non_null(strstr(list_text, "third"));
    assert_null(strstr(list_text, "first"));
    q.id = text_at(list, 1, "id");
    text = show(&config, &q);
    assert_non_null(strstr(text, "# who: second\n"));
    assert_non_null(strstr(text, "# crontab: update file /etc/x\n--- a/etc/x"));
    assert_non_null(strstr(text, "+\033[2J\n")); /* no terminal: as it is */
    q.json = true;
    json = show(&config, &q);
    assert_non_null(strstr(json, "\"who\": \"second\""));
    json_decref(record);
    json_decref(list);
    scratch_free(dir);
}

static void keeps_by_count(void **state)
{
    char *dir = scratch_new();
    struct config config = config_of(dir);
    json_t *list;

    (void) state;
    config.history_max = 2;
    add(&config, "first");
    add(&config, "second");
    add(&config, "third");
    assert_int_equal(history_list(&config, 0, &list, NULL), 0);
    assert_int_equal(json_array_size(list), 2);
    assert_string_equal(text_at(list, 1, "who"), "second");
    json_decref(list);
    scratch_free(dir);
}

static void keeps_by_age_and_leaves_strangers_alone(void **state)
{
    char *dir = scratch_new();
    struct config config = config_of(dir);
    cleanup_free char *stranger = NULL, *half = NULL, *old = NULL;

    (void) state;
    scratch_puts(dir, "history/20200101T000000.000Z-1.json", "{}");
    scratch_puts(dir, "history/20990101T000000.000Z-1.json.new", "{");
    scratch_puts(dir, "history/notes.json", "{}");
    add(&config, "now");
    old = scratch_read(dir, "history/20200101T000000.000Z-1.json", NULL);
    assert_null(old);
    half = scratch_read(dir, "history/20990101T000000.000Z-1.json.new", NULL);
    assert_null(half);
    stranger = scratch_read(dir, "history/notes.json", NULL);
    assert_non_null(stranger);
    scratch_free(dir);
}

/* A clock that is a century ahead for one run, and then right again. */
static void a_wrong_clock_neither_empties_nor_disorders_it(void **state)
{
    char *dir = scratch_new();
    struct config config = config_of(dir);
    json_t *list;
    size_t i;

    (void) state;
    for (i = 0; i < 5; i++) {
        cleanup_free char *name =
            xasprintf("history/20%zu00101T000000.000Z-1.json", i);

        scratch_puts(dir, name, "{\"who\":\"before\"}");
    }
    scratch_puts(dir, "history/20991231T235959.999Z-1.json",
                 "{\"who\":\"ahead\"}");
    add(&config, "right");
    add(&config, "again");
    assert_int_equal(history_list(&config, 0, &list, NULL), 0);
    assert_string_equal(text_at(list, 0, "who"), "again");
    assert_string_equal(text_at(list, 1, "who"), "right");
    assert_string_equal(text_at(list, 2, "who"), "ahead");
    assert_string_equal(text_at(list, 3, "who"), "before");
    /* The wrong year is the one record's alone. */
    assert_int_not_equal(strncmp(text_at(list, 0, "id"), "2099", 4), 0);
    assert_int_not_equal(strncmp(text_at(list, 1, "id"), "2099", 4), 0);
    json_decref(list);
    scratch_free(dir);
}

static void age_takes_few_at_a_time(void **state)
{
    char *dir = scratch_new();
    struct config config = config_of(dir);
    json_t *list;
    size_t i;

    (void) state;
    for (i = 0; i < 6; i++) {
        cleanup_free char *name =
            xasprintf("history/2001010%zuT000000.000Z-1.json", i + 1);

        scratch_puts(dir, name, "{}");
    }
    add(&config, "one");
    assert_int_equal(history_list(&config, 0, &list, NULL), 0);
    assert_int_equal(json_array_size(list), 5);
    json_decref(list);
    scratch_free(dir);
}

static void a_spoilt_record_hides_no_other(void **state)
{
    char *dir = scratch_new();
    struct config config = config_of(dir);
    json_t *list;

    (void) state;
    add(&config, "good");
    scratch_puts(dir, "history/20990101T000000.000Z-20000001.json",
                 "{\"who\":");
    scratch_puts(dir, "history/20990101T000000.000Z-20000002.json", "[]");
    assert_int_equal(history_list(&config, 0, &list, NULL), 0);
    assert_int_equal(json_array_size(list), 3);
    assert_non_null(text_at(list, 0, "error"));
    assert_non_null(text_at(list, 1, "error"));
    assert_string_equal(text_at(list, 2, "who"), "good");
    json_decref(list);
    scratch_free(dir);
}

static void nobody_else_may_read_it(void **state)
{
    char *dir = scratch_new();
    struct config config = config_of(dir);
    cleanup_free char *folder = scratch_path(dir, "history"), *file = NULL;
    struct stat stat_;
    json_t *list;

    (void) state;
    add(&config, "x");
    assert_int_equal(stat(folder, &stat_), 0);
    assert_int_equal(stat_.st_mode & 07777, 0700);
    assert_int_equal(history_list(&config, 0, &list, NULL), 0);
    file = xasprintf("%s/%s.json", folder, text_at(list, 0, "id"));
    assert_int_equal(stat(file, &stat_), 0);
    assert_int_equal(stat_.st_mode & 07777, 0600);
    json_decref(list);
    scratch_free(dir);
}

static json_t *big_record(size_t changes, size_t diff_size)
{
    json_t *list = json_array();
    cleanup_free char *diff = xcalloc(diff_size + 1, 1);
    size_t i;

    memset(diff, 'x', diff_size);
    for (i = 0; i < changes; i++)
        json_array_append_new(
            list, json_pack("{s:s, s:s}", "path",
                            "/a/rather/long/path/to/some/file/or/other", "diff",
                            diff));
    return json_pack("{s:s, s:o}", "outcome", "changed", "changes", list);
}

static void a_record_has_a_limit(void **state)
{
    char *dir = scratch_new();
    struct config config = config_of(dir);
    json_t *record = big_record(10, 1024 * 1024), *list, *changes;

    (void) state;
    assert_int_equal(history_add(&config, record, NULL), 0);
    json_decref(record);
    record = big_record(200000, 0);
    assert_int_equal(history_add(&config, record, NULL), 0);
    json_decref(record);
    assert_int_equal(history_list(&config, 0, &list, NULL), 0);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 0),
                                                        "changes_omitted")),
                     200000);
    changes = json_object_get(json_array_get(list, 1), "changes");
    assert_int_equal(json_array_size(changes), 10);
    assert_true(json_is_true(
        json_object_get(json_array_get(changes, 9), "diff_omitted")));
    json_decref(list);
    scratch_free(dir);
}

static void without_a_history_there_is_nothing(void **state)
{
    char *dir = scratch_new();
    struct config config = config_of(dir);
    struct history_query q = {0};
    cleanup_free char *text = show(&config, &q);
    json_t *record;

    (void) state;
    assert_string_equal(text, "no runs yet\n");
    assert_int_equal(
        history_get(&config, "20200101T000000.000Z-1", &record, NULL), -ENOENT);
    assert_int_equal(history_get(&config, "../../etc/passwd", &record, NULL),
                     -EINVAL);
    assert_int_equal(
        history_get(&config, "20200101T000000.000Z-1/x", &record, NULL),
        -EINVAL);
    scratch_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_the_newest_first_and_shows_one),
        cmocka_unit_test(keeps_by_count),
        cmocka_unit_test(keeps_by_age_and_leaves_strangers_alone),
        cmocka_unit_test(a_wrong_clock_neither_empties_nor_disorders_it),
        cmocka_unit_test(age_takes_few_at_a_time),
        cmocka_unit_test(a_spoilt_record_hides_no_other),
        cmocka_unit_test(nobody_else_may_read_it),
        cmocka_unit_test(a_record_has_a_limit),
        cmocka_unit_test(without_a_history_there_is_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
