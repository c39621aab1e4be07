/* SPDX-License-Identifier: ISC */
/* From files to a catalog, or to an error that names who is to blame. */
#include "unit/unit.h"

#include "base/util.h"
#include "host/catalog.h"
#include "host/names.h"
#include "unit/files.h"

#include <errno.h>

struct place {
    char *dir, *modules, *modules_d;
    char *dirs[2];
    struct config config;
    struct confine *confine;
    struct catalog *catalog;
    json_t *answers; /* of all loads */
    struct error err;
};

static int place_open(void **state)
{
    struct place *place = xcalloc(1, sizeof(*place));

    place->dir = scratch_new();
    place->modules = files_put(place->dir, "modules", NULL);
    place->modules_d = files_put(place->dir, "modules.d", NULL);
    place->dirs[0] = place->modules;
    place->config = (struct config){
        .node = (char *) "web1",
        .plan_timeout_ms = 20000,
        .modules_d = place->modules_d,
        .module_dirs = place->dirs,
    };
    *state = place;
    return confine_new(NULL, &place->confine, NULL);
}

static int place_close(void **state)
{
    struct place *place = *state;

    catalog_free(place->catalog);
    json_decref(place->answers);
    confine_free(place->confine);
    free(place->modules);
    free(place->modules_d);
    scratch_free(place->dir);
    free(place);
    return 0;
}

static void add_module(struct place *place, const char *name)
{
    const char *dir = getenv("builddir");
    cleanup_free char *file = xasprintf("%s.so", name);
    cleanup_free char *from =
        xasprintf("%s/t/modules/%s", dir ? dir : ".", file);

    files_copy(place->modules, file, from);
}

static void declare(struct place *place, const char *file, const char *text)
{
    free(files_put(place->modules_d, file, text));
}

static int load(struct place *place)
{
    catalog_free(place->catalog);
    place->catalog = NULL;
    place->err.text[0] = '\0';
    return catalog_load(&place->config, place->confine, &place->answers,
                        &place->catalog, &place->err);
}

static void load_well(struct place *place)
{
    if (load(place) < 0)
        fail_msg("%s", place->err.text);
}

static void expect_says(const struct place *place, const char *text)
{
    if (!strstr(place->err.text, text))
        fail_msg("\"%s\" lacks \"%s\"", place->err.text, text);
}

static void no_configurations_are_a_catalog(void **state)
{
    struct place *place = *state;

    load_well(place);
    assert_int_equal(place->catalog->n, 0);
}

static void sorts_a_chain(void **state)
{
    static const char *const names[] = {"chain-a", "chain-b", "chain-c"};
    struct place *place = *state;
    json_auto_t *document = NULL;
    const json_t *one;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(names); i++)
        add_module(place, names[i]);
    declare(place, "1.conf", "module = \"chain-c\";");
    declare(place, "2.conf", "module = \"chain-b\";");
    declare(place, "3.conf", "module = \"chain-a\"; subscribes = (\"x\");");
    load_well(place);
    document = catalog_json(place->catalog);
    for (i = 0; i < ARRAY_SIZE(names); i++) {
        one = json_array_get(json_object_get(document, "configurations"), i);
        assert_string_equal(json_string_value(json_object_get(one, "name")),
                            names[i]);
    }
    assert_string_equal(place->catalog->list[0].subscribes[0], "x");
    assert_string_equal(place->catalog->list[2].depends[0], "chain-b");
    assert_non_null(strstr(place->catalog->list[0].declared_in, "3.conf"));
    assert_ptr_equal(catalog_find(place->catalog, "chain-b"),
                     &place->catalog->list[1]);
}

/* The module, and what the error must say besides the file's name. */
static const struct {
    const char *module, *says;
} refused[] = {
    {"constructor-crashes", "crashed (SIGABRT"},
    {"constructor-exits", "called exit(0)"},
    {"constructor-closes", "could not hand over its result"},
    {"no-symbol", "exports no constant \"ccm_module\""},
    {"wrong-abi", "abi is 77; this ccm supports 1"},
    {"boasting", "size is 4096; expected 64 to "},
    {"nameless", "name is \"(NULL)\""},
    {"bad-name", "name is \"Not A Name\""},
};

static void each_bad_module_is_refused_by_name(void **state)
{
    struct place *place = *state;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(refused); i++) {
        cleanup_free char *text =
            xasprintf("module = \"%s\";", refused[i].module);

        add_module(place, refused[i].module);
        declare(place, "it.conf", text);
        assert_int_equal(load(place), -EINVAL);
        expect_says(place, "it.conf");
        expect_says(place, refused[i].module);
        expect_says(place, refused[i].says);
    }
}

static void only_the_guilty_are_named(void **state)
{
    struct place *place = *state;
    size_t i;

    add_module(place, "ok");
    add_module(place, "constructor-closes");
    add_module(place, "constructor-crashes");
    for (i = 0; i < 40; i++) {
        cleanup_free char *file = xasprintf("ok-%02zu.conf", i);
        cleanup_free char *text =
            xasprintf("module = \"ok\"; name = \"ok-%02zu\";", i);

        declare(place, file, text);
    }
    declare(place, "ok-07-a.conf", "module = \"constructor-closes\";");
    declare(place, "ok-20-a.conf", "module = \"constructor-crashes\";");
    assert_int_equal(load(place), -EINVAL);
    expect_says(place, "ok-07-a.conf");
    expect_says(place, "ok-20-a.conf");
    assert_null(strstr(place->err.text, "ok.so"));
}

static void older_and_newer_descriptors_load(void **state)
{
    struct place *place = *state;

    add_module(place, "shorter");
    add_module(place, "longer");
    declare(place, "1.conf", "module = \"shorter\"; name = \"old\";");
    declare(place, "2.conf", "module = \"longer\"; name = \"new\";");
    load_well(place);
    assert_int_equal(place->catalog->n, 2);
    assert_string_equal(place->catalog->list[0].name, "new");
}

/* Whoever is asked leaves new answers behind. */
static bool load_asks(struct place *place)
{
    json_auto_t *before = json_incref(place->answers);

    load_well(place);
    return place->answers != before;
}

static void modules_are_asked_again_if_something_has_changed(void **state)
{
    struct place *place = *state;

    add_module(place, "ok");
    declare(place, "1.conf", "module = \"ok\"; name = \"a\";");
    load_well(place);
    assert_false(load_asks(place));
    assert_string_equal(place->catalog->list[0].name, "a");
    declare(place, "1.conf", "module = \"ok\"; name = \"b\";");
    assert_true(load_asks(place));
    assert_string_equal(place->catalog->list[0].name, "b");
    declare(place, "1.conf",
            "module = \"ok\"; name = \"b\"; settings = { n = 1; };");
    assert_true(load_asks(place));
    assert_false(load_asks(place));
    declare(place, "1.conf", "module = \"longer\"; name = \"b\";");
    add_module(place, "longer");
    assert_true(load_asks(place));
}

static void what_is_remembered_hides_no_failure(void **state)
{
    struct place *place = *state;

    add_module(place, "ok");
    declare(place, "1.conf", "module = \"ok\";");
    load_well(place);
    declare(place, "1.conf",
            "module = \"ok\"; settings = { refuse = \"no\"; };");
    assert_int_equal(load(place), -EINVAL);
    assert_int_equal(load(place), -EINVAL);
    expect_says(place, "1.conf");
}

static void check_refuses_settings(void **state)
{
    struct place *place = *state;

    add_module(place, "ok");
    declare(place, "it.conf",
            "module = \"ok\"; settings = { refuse = \"no\"; };");
    assert_int_equal(load(place), -EINVAL);
    expect_says(place, "it.conf");
    expect_says(place, "refused: no");
    declare(place, "it.conf", "module = \"ok\"; settings = { refuse = 3; };");
    assert_int_equal(load(place), -EINVAL);
    expect_says(place, "setting \"refuse\" is an integer; expected a string");
}

/* It skipped the check of the next one, and gave it other types. */
static void no_module_answers_for_the_next(void **state)
{
    struct place *place = *state;

    add_module(place, "constructor-answers");
    add_module(place, "ok");
    declare(place, "a.conf", "module = \"constructor-answers\";");
    declare(place, "b.conf",
            "module = \"ok\"; settings = { refuse = \"no\"; };");
    assert_int_equal(load(place), -EINVAL);
    expect_says(place, "b.conf");
    expect_says(place, "refused: no");
    declare(place, "b.conf", "module = \"ok\";");
    assert_int_equal(load(place), 0);
    assert_false(names_has(
        (const char *const *) catalog_find(place->catalog, "ok")->subscribes,
        "secrets"));
}

static void names_both_files_of_a_double_name(void **state)
{
    struct place *place = *state;

    add_module(place, "ok");
    declare(place, "a.conf", "module = \"ok\";");
    declare(place, "b.conf", "module = \"ok\";");
    assert_int_equal(load(place), -EEXIST);
    expect_says(place, "a.conf");
    expect_says(place, "b.conf");
}

static void digest_is_of_what_matters(void **state)
{
    struct place *place = *state;
    char first[DIGEST_SIZE];
    cleanup_free char *so = xasprintf("%s/ok.so", place->modules);
    FILE *file;

    add_module(place, "ok");
    declare(place, "a.conf", "module = \"ok\"; settings = { a = 1; };");
    load_well(place);
    strcpy(first, place->catalog->digest);
    load_well(place);
    assert_string_equal(place->catalog->digest, first);
    declare(place, "a.conf", "module = \"ok\"; settings = { a = 2; };");
    load_well(place);
    assert_string_not_equal(place->catalog->digest, first);
    declare(place, "a.conf", "module = \"ok\"; settings = { a = 1; };");
    load_well(place);
    assert_string_equal(place->catalog->digest, first);
    file = fopen(so, "a");
    fputc('\n', file);
    fclose(file);
    load_well(place);
    assert_string_not_equal(place->catalog->digest, first);
}

static void a_module_that_a_planner_cannot_read_is_said(void **state)
{
    struct place *place = *state;
    char *so;

    if (geteuid() != 0)
        skip();
    add_module(place, "ok");
    so = xasprintf("%s/ok.so", place->modules);
    chmod(so, 0600);
    free(so);
    declare(place, "a.conf", "module = \"ok\";");
    assert_int_equal(load(place), -EACCES);
    expect_says(place, "ok.so");
    expect_says(place, "must read it: chmod a+r");
}

#define PLACED(test)                                                           \
    cmocka_unit_test_setup_teardown(test, place_open, place_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACED(no_configurations_are_a_catalog),
        PLACED(sorts_a_chain),
        PLACED(each_bad_module_is_refused_by_name),
        PLACED(only_the_guilty_are_named),
        PLACED(older_and_newer_descriptors_load),
        PLACED(modules_are_asked_again_if_something_has_changed),
        PLACED(what_is_remembered_hides_no_failure),
        PLACED(check_refuses_settings),
        PLACED(no_module_answers_for_the_next),
        PLACED(names_both_files_of_a_double_name),
        PLACED(digest_is_of_what_matters),
        PLACED(a_module_that_a_planner_cannot_read_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
