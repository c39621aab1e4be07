/* SPDX-License-Identifier: ISC */
/* The set of objects, and the directory source. */
#include "unit/unit.h"

#include "base/alloc.h"
#include "base/util.h"
#include "objects/source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static char dir[] = "/tmp/ccm-objects.XXXXXX";
static struct config config;

static void put_file(const char *name, const char *text)
{
    cleanup_free char *path = xasprintf("%s/%s", dir, name);
    cleanup_file FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
}

static void remove_file(const char *name)
{
    cleanup_free char *path = xasprintf("%s/%s", dir, name);

    unlink(path);
}

static int setup(void **state)
{
    (void) state;
    if (!mkdtemp(dir))
        return -1;
    config.objects.kind = OBJECTS_DIRECTORY;
    config.objects.path = dir;
    return 0;
}

static int teardown(void **state)
{
    (void) state;
    remove_file("crons.json");
    remove_file("unix-users.json");
    return rmdir(dir);
}

/* Fetches crons; the set must stay untouched on failure. */
static int fetch_crons(struct objects **out, struct error *err)
{
    static const char *const types[] = {"crons", NULL};
    int r = objects_fetch(&config, types, 7, out, err);

    if (r < 0)
        assert_null(*out);
    return r;
}

static void gives_objects_in_order_of_their_ids(void **state)
{
    struct objects *objects = NULL;
    struct error err;
    const json_t *crons;

    (void) state;
    put_file("crons.json", "[{\"id\": 30}, {\"id\": 1}, {\"id\": 4,"
                           " \"name\": \"x\"}]");
    assert_int_equal(fetch_crons(&objects, &err), 0);
    crons = objects_of(objects, "crons");
    assert_int_equal(json_array_size(crons), 3);
    assert_int_equal(
        json_integer_value(json_object_get(json_array_get(crons, 0), "id")), 1);
    assert_ptr_equal(objects_find(objects, "crons", 4),
                     json_array_get(crons, 1));
    assert_ptr_equal(objects_find(objects, "crons", 30),
                     json_array_get(crons, 2));
    assert_null(objects_find(objects, "crons", 5));
    assert_null(objects_find(objects, "unix-users", 4));
    assert_null(objects_of(objects, "unix-users"));
    assert_int_equal(objects_revision(objects), 7);
    objects_free(objects);
}

static void an_empty_array_means_no_objects(void **state)
{
    struct objects *objects = NULL;
    struct error err;

    (void) state;
    put_file("crons.json", "[]");
    assert_int_equal(fetch_crons(&objects, &err), 0);
    assert_int_equal(json_array_size(objects_of(objects, "crons")), 0);
    assert_null(objects_find(objects, "crons", 1));
    objects_free(objects);
}

static void a_type_may_be_asked_for_twice(void **state)
{
    static const char *const twice[] = {"crons", "crons", NULL};
    struct objects *objects = NULL;
    struct error err;

    (void) state;
    put_file("crons.json", "[{\"id\": 1}]");
    assert_int_equal(objects_fetch(&config, twice, 0, &objects, &err), 0);
    assert_int_equal(json_array_size(objects_of(objects, "crons")), 1);
    objects_free(objects);
}

static const struct {
    const char *text;
    int result;
    const char *says;
} files[] = {
    {"[{\"id\": 1},\n {\"id\": 2]\n", -EPROTO, "crons.json: line 2"},
    {"", -EPROTO, "crons.json: line 1"},
    {"{\"id\": 1}", -EPROTO, "array"},
    {"null", -EPROTO, "array"},
    {"[1]", -EPROTO, "element 1: this is not a JSON object"},
    {"[{\"id\": 1}, {}]", -EPROTO, "element 2"},
    {"[{\"id\": \"1\"}]", -EPROTO, "no integer"},
    {"[{\"id\": 1.5}]", -EPROTO, "no integer"},
    {"[{\"id\": 99999999999999999999}]", -EPROTO, "line 1"},
    {"[{\"id\": -3}]", -EPROTO, "id -3 is invalid"},
    {"[{\"id\": 0}]", -EPROTO, "from 1 to 9007199254740991"},
    {"[{\"id\": 9007199254740992}]", -EPROTO, "invalid"},
    {"[{\"id\": 1, \"id\": 2}]", -EPROTO, "duplicate"},
    {"[{\"id\": 8}, {\"id\": 7}, {\"id\": 8}]", -EEXIST, "id 8"},
    {"[{\"id\": 1, \"name\": \"\\u0000\"}]", -EPROTO, "line 1"},
    {"[{\"id\": 1, \"name\": \"\xff\"}]", -EPROTO, "line 1"},
};

static void bad_files_are_refused_with_their_place(void **state)
{
    struct objects *objects = NULL;
    struct error err;
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(files); i++) {
        put_file("crons.json", files[i].text);
        assert_int_equal(fetch_crons(&objects, &err), files[i].result);
        assert_non_null(strstr(err.text, files[i].says));
        assert_non_null(strstr(err.text, dir));
    }
}

static void a_missing_file_is_an_error(void **state)
{
    static const char *const both[] = {"crons", "unix-users", NULL};
    struct objects *objects = NULL;
    struct error err;

    (void) state;
    put_file("crons.json", "[]");
    assert_int_equal(objects_fetch(&config, both, 0, &objects, &err), -ENOENT);
    assert_null(objects);
    assert_non_null(strstr(err.text, "unix-users.json"));
}

static void a_missing_directory_is_an_error(void **state)
{
    struct config elsewhere = config;
    static const char *const none[] = {"crons", NULL};
    struct objects *objects = NULL;
    struct error err;

    (void) state;
    elsewhere.objects.path = "/nonexistent/objects";
    assert_int_equal(objects_fetch(&elsewhere, none, 0, &objects, &err),
                     -ENOENT);
    assert_null(objects);
}

static void a_bad_type_never_reaches_the_source(void **state)
{
    static const char *const outside[] = {"../crons", NULL};
    struct objects *objects = NULL;
    struct error err;

    (void) state;
    assert_int_equal(objects_fetch(&config, outside, 0, &objects, &err),
                     -EINVAL);
    assert_null(objects);
}

static void an_object_over_one_mebibyte_is_refused(void **state)
{
    cleanup_free char *name = xmalloc(OBJECT_BYTES_MAX + 1);
    cleanup_free char *text = NULL;
    struct objects *objects = NULL;
    struct error err;

    (void) state;
    memset(name, 'x', OBJECT_BYTES_MAX);
    name[OBJECT_BYTES_MAX] = '\0';
    text = xasprintf("[{\"id\": 1}, {\"id\": 2, \"name\": \"%s\"}]", name);
    put_file("crons.json", text);
    assert_int_equal(fetch_crons(&objects, &err), -EFBIG);
    assert_non_null(strstr(err.text, "element 2"));
}

static void a_fifo_is_refused_and_not_waited_for(void **state)
{
    cleanup_free char *path = xasprintf("%s/crons.json", dir);
    struct objects *objects = NULL;
    struct error err;

    (void) state;
    remove_file("crons.json");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(fetch_crons(&objects, &err), -EINVAL);
    remove_file("crons.json");
}

static void too_much_text_is_refused(void **state)
{
    static const char *const none[] = {NULL};
    struct objects *objects = NULL;
    struct error err;

    (void) state;
    assert_int_equal(objects_new(none, &objects, &err), 0);
    assert_int_equal(objects_count_bytes(objects, OBJECTS_BYTES_MAX, &err), 0);
    assert_int_equal(objects_count_bytes(objects, 1, &err), -EFBIG);
    objects_free(objects);
}

/* The same object a million times: its id counts only when all are there. */
static void too_many_objects_are_refused(void **state)
{
    static const char *const types[] = {"a", "b", "c", NULL};
    json_auto_t *object = json_pack("{s:i}", "id", 1);
    struct objects *objects = NULL;
    struct error err;
    size_t i;

    (void) state;
    assert_int_equal(objects_new(types, &objects, &err), 0);
    for (i = 0; i < 2 * OBJECTS_PER_TYPE_MAX; i++)
        if (objects_add(&objects->types[i / OBJECTS_PER_TYPE_MAX], object,
                        &err) < 0)
            fail_msg("%s", err.text);
    assert_int_equal(objects_add(&objects->types[0], object, &err), -EFBIG);
    assert_string_equal(err.text, "there are more than 1000000 objects");
    assert_int_equal(objects_add(&objects->types[2], object, &err), -EFBIG);
    assert_string_equal(err.text,
                        "there are more than 2000000 objects of all types");
    objects_clear_type(&objects->types[0]);
    assert_int_equal(objects_add(&objects->types[2], object, &err), 0);
    objects_free(objects);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_objects_in_order_of_their_ids),
        cmocka_unit_test(an_empty_array_means_no_objects),
        cmocka_unit_test(a_type_may_be_asked_for_twice),
        cmocka_unit_test(bad_files_are_refused_with_their_place),
        cmocka_unit_test(a_missing_file_is_an_error),
        cmocka_unit_test(a_missing_directory_is_an_error),
        cmocka_unit_test(a_bad_type_never_reaches_the_source),
        cmocka_unit_test(an_object_over_one_mebibyte_is_refused),
        cmocka_unit_test(a_fifo_is_refused_and_not_waited_for),
        cmocka_unit_test(too_much_text_is_refused),
        cmocka_unit_test(too_many_objects_are_refused),
    };

    return cmocka_run_group_tests_name("objects", tests, setup, teardown);
}
