/* SPDX-License-Identifier: ISC */
/* The files of modules.d. */
#include "unit/unit.h"

#include "base/util.h"
#include "host/declaration.h"
#include "unit/files.h"

#include <errno.h>

static void reads_all_keys(void **state)
{
    struct declaration d;
    struct error err = {""};
    json_auto_t *wanted =
        json_pack("{s:s, s:i, s:b, s:f, s:[i,i], s:[s,{s:s}], s:I}", "spool",
                  "/x", "n", 3, "yes", 1, "part", 0.5, "list", 1, 2, "mixed",
                  "a", "k", "v", "big", (json_int_t) 5000000000);

    (void) state;
    assert_int_equal(
        declaration_parse("f.conf",
                          "module = \"crontab\"; name = \"mine\";\n"
                          "subscribes = (\"crons\", \"nodes\");\n"
                          "depends = [\"a\", \"b\"]; after = (\"c\");\n"
                          "enabled = false;\n"
                          "settings = { spool = \"/x\"; n = 3; yes = true;\n"
                          "  part = 0.5; list = [1, 2];\n"
                          "  mixed = (\"a\", { k = \"v\"; });\n"
                          "  big = 5000000000L; };\n",
                          &d, &err),
        0);
    assert_string_equal(d.file, "f.conf");
    assert_string_equal(d.module, "crontab");
    assert_string_equal(d.name, "mine");
    assert_false(d.enabled);
    assert_string_equal(d.subscribes[1], "nodes");
    assert_null(d.subscribes[2]);
    assert_string_equal(d.depends[0], "a");
    assert_string_equal(d.after[0], "c");
    assert_true(json_equal(d.settings, wanted));
    declaration_done(&d);
}

static void module_alone_is_enough(void **state)
{
    struct declaration d;

    (void) state;
    assert_int_equal(declaration_parse("f", "module = \"x\";", &d, NULL), 0);
    assert_null(d.name);
    assert_true(d.enabled);
    assert_null(d.depends);
    assert_true(json_is_object(d.settings));
    declaration_done(&d);
}

static const struct {
    const char *text, *says;
} wrong[] = {
    {"", "f.conf: \"module\" is missing"},
    {"module = 3;", "f.conf:1: \"module\" must"},
    {"module = \"\";", "f.conf:1: \"module\" must"},
    {"module = \"x\";\nmodul = \"y\";", "f.conf:2: unknown key \"modul\""},
    {"module = \"x\";\nname = \"Big\";", "f.conf:2: \"name\" must"},
    {"module = \"x\";\nname = 7;", "f.conf:2: \"name\" must"},
    {"module = \"x\";\n\nenabled = 1;", "f.conf:3: \"enabled\" must"},
    {"module = \"x\";\nsettings = (1);", "f.conf:2: \"settings\" must"},
    {"module = \"x\";\ndepends = \"y\";", "f.conf:2: \"depends\" must"},
    {"module = \"x\";\ndepends = (\"y\", 3);", "f.conf:2: entry 2 of"},
    {"module = \"x\";\nafter = (\"../y\");", "f.conf:2: entry 1 of"},
    {"module = \"x\";\nsubscribes = (\"A\");", "f.conf:2: entry 1 of"},
    {"module = \"x\";\nmodule = \"y\";", "f.conf:2: "},
    {"module = \"x\";\nwhat is this", "f.conf:2: "},
    {"module = \"x\";\n  @include \"/etc/passwd\"\n", "f.conf:2: @include"},
    {"module = \"x\";\nsettings = { a = \"\xff\xfe\"; };", "f.conf:2: "},
};

static void errors_say_file_and_line(void **state)
{
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct declaration d = {.module = (char *) "untouched"};
        struct error err = {""};

        assert_int_equal(declaration_parse("f.conf", wrong[i].text, &d, &err),
                         -EINVAL);
        if (!after_prefix(err.text, wrong[i].says))
            fail_msg("\"%s\", not \"%s\"", err.text, wrong[i].says);
        assert_string_equal(d.module, "untouched");
    }
}

static int load(const char *dir, struct declarations *all, struct error *err)
{
    struct trust trust = {0};
    int r = declarations_load(dir, &trust, all, err);

    trust_done(&trust);
    return r;
}

static void loads_conf_files_in_the_order_of_names(void **state)
{
    char *dir = scratch_new();
    struct declarations all = {0};
    struct error err = {""};

    (void) state;
    free(files_put(dir, "20-b.conf", "module = \"b\";"));
    free(files_put(dir, "10-a.conf", "module = \"a\";"));
    free(files_put(dir, "30-off.conf", "module = \"c\"; enabled = false;"));
    free(files_put(dir, ".hidden.conf", "rubbish"));
    free(files_put(dir, "README", "rubbish"));
    free(files_put(dir, "x.conf.dpkg-old", "rubbish"));
    if (load(dir, &all, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(all.n, 2);
    assert_string_equal(all.list[0].module, "a");
    assert_string_equal(all.list[1].module, "b");
    declarations_done(&all);
    scratch_free(dir);
}

static void refuses_what_others_could_have_written(void **state)
{
    char *dir = scratch_new();
    char *file = files_put(dir, "a.conf", "module = \"a\";");
    struct declarations all = {0};
    struct error err = {""};

    (void) state;
    chmod(file, 0666);
    assert_int_equal(load(dir, &all, &err), -EPERM);
    assert_non_null(strstr(err.text, file));
    chmod(file, 0664);
    assert_int_equal(load(dir, &all, &err), -EPERM);
    chmod(file, 0644);
    chmod(dir, 01777);
    assert_int_equal(load(dir, &all, &err), -EPERM);
    assert_non_null(strstr(err.text, dir));
    chmod(dir, 0755);
    assert_int_equal(load(dir, &all, &err), 0);
    declarations_done(&all);
    free(file);
    scratch_free(dir);
}

static void refuses_a_fifo_and_a_nul_byte(void **state)
{
    char *dir = scratch_new();
    cleanup_free char *fifo = xasprintf("%s/a.conf", dir);
    struct declarations all = {0};
    struct error err = {""};
    FILE *file;

    (void) state;
    assert_int_equal(mkfifo(fifo, 0644), 0);
    assert_int_equal(load(dir, &all, &err), -EINVAL);
    unlink(fifo);
    file = fopen(fifo, "w");
    fwrite("module = \"a\";\0", 1, 14, file);
    fclose(file);
    chmod(fifo, 0644);
    assert_int_equal(load(dir, &all, &err), -EINVAL);
    assert_non_null(strstr(err.text, "NUL"));
    scratch_free(dir);
}

static void a_file_of_more_than_a_mebibyte_is_refused(void **state)
{
    char *dir = scratch_new();
    cleanup_free char *text = xmalloc(DECLARATION_BYTES_MAX + 2);
    struct declarations all = {0};
    struct error err = {""};

    (void) state;
    memset(text, ' ', DECLARATION_BYTES_MAX + 1);
    text[DECLARATION_BYTES_MAX + 1] = '\0';
    free(files_put(dir, "a.conf", text));
    assert_int_equal(load(dir, &all, &err), -EFBIG);
    assert_non_null(strstr(err.text, "a.conf: more than 1048576 bytes"));
    scratch_free(dir);
}

static void too_many_files_are_refused(void **state)
{
    char *dir = scratch_new();
    cleanup_free char *first = files_put(dir, "0.conf", "module = \"a\";");
    struct declarations all = {0};
    struct error err = {""};
    int i;

    (void) state;
    for (i = 1; i <= DECLARATIONS_MAX; i++) {
        cleanup_free char *other = xasprintf("%s/%d.conf", dir, i);

        assert_int_equal(link(first, other), 0);
    }
    assert_int_equal(load(dir, &all, &err), -E2BIG);
    assert_non_null(strstr(err.text, "20001 files; the limit is 20000"));
    scratch_free(dir);
}

static void a_missing_directory_is_an_error(void **state)
{
    struct declarations all = {0};
    struct error err = {""};

    (void) state;
    assert_int_equal(load("/nonexistent/modules.d", &all, &err), -ENOENT);
    assert_non_null(strstr(err.text, "/nonexistent/modules.d"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_keys),
        cmocka_unit_test(module_alone_is_enough),
        cmocka_unit_test(errors_say_file_and_line),
        cmocka_unit_test(loads_conf_files_in_the_order_of_names),
        cmocka_unit_test(refuses_what_others_could_have_written),
        cmocka_unit_test(refuses_a_fifo_and_a_nul_byte),
        cmocka_unit_test(a_file_of_more_than_a_mebibyte_is_refused),
        cmocka_unit_test(too_many_files_are_refused),
        cmocka_unit_test(a_missing_directory_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
