/* SPDX-License-Identifier: ISC */
/* Finding a module's file, and what is said of its descriptor. */
#include "unit/unit.h"

#include "base/util.h"
#include "host/module.h"
#include "unit/files.h"

#include <errno.h>

static int nothing(struct ccm_run *run)
{
    (void) run;
    return 0;
}

static const struct ccm_module good = {
    .abi = CCM_ABI,
    .size = sizeof(struct ccm_module),
    .name = "good",
    .version = "1.0",
    .subscribes = CCM_LIST("crons"),
    .plan = nothing,
    .after = CCM_LIST("other"),
};

static void takes_a_descriptor_as_it_should_be(void **state)
{
    struct ccm_module copy;
    struct error err = {""};

    (void) state;
    assert_int_equal(module_check(&good, sizeof(good), &copy, &err), 0);
    assert_string_equal(copy.name, "good");
    assert_string_equal(copy.after[0], "other");
}

static void a_shorter_one_is_filled_with_zeros(void **state)
{
    struct ccm_module older = good, copy;
    struct error err = {""};

    (void) state;
    older.size = offsetof(struct ccm_module, after);
    assert_int_equal(module_check(&older, older.size, &copy, &err), 0);
    assert_null(copy.after);
    assert_ptr_equal(copy.plan, nothing);
}

static void a_longer_one_is_cut(void **state)
{
    struct {
        struct ccm_module known;
        const char *more[8];
    } newer = {.known = good};
    struct ccm_module copy;
    struct error err = {""};

    (void) state;
    newer.known.size = sizeof(newer);
    assert_int_equal(module_check(&newer, sizeof(newer), &copy, &err), 0);
    assert_string_equal(copy.name, "good");
}

/* One field is changed by edit; says must be in the refusal. */
static void edit_abi(struct ccm_module *m)
{
    m->abi = 9;
    m->name = (const char *) 1; /* must not be looked at */
}

static void edit_small(struct ccm_module *m)
{
    m->size = 16;
}

static void edit_large(struct ccm_module *m)
{
    m->size = 60000;
}

static void edit_no_name(struct ccm_module *m)
{
    m->name = NULL;
}

static void edit_name(struct ccm_module *m)
{
    m->name = "../x";
}

static void edit_version(struct ccm_module *m)
{
    m->version = NULL;
}

static void edit_plan(struct ccm_module *m)
{
    m->plan = NULL;
}

static void edit_type(struct ccm_module *m)
{
    static const char *const types[] = {"crons", "Not/A/Type", NULL};

    m->subscribes = types;
}

static void edit_depends(struct ccm_module *m)
{
    static const char *const names[] = {"a b", NULL};

    m->depends = names;
}

static const struct {
    void (*edit)(struct ccm_module *m);
    const char *says;
} refused[] = {
    {edit_abi, "abi is 9; this ccm supports 1"},
    {edit_small, "size is 16; expected 64 to "},
    {edit_large, "size is 60000; expected 64 to "},
    {edit_no_name, "name is \"(NULL)\""},
    {edit_name, "name is \"../x\""},
    {edit_version, "version is \"(NULL)\""},
    {edit_plan, "plan is NULL"},
    {edit_type, "subscribes has \"Not/A/Type\""},
    {edit_depends, "depends has \"a b\""},
};

static void refusals_name_the_field_and_both_values(void **state)
{
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(refused); i++) {
        struct ccm_module wrong = good, copy = {.name = "untouched"};
        struct error err = {""};

        refused[i].edit(&wrong);
        assert_int_equal(module_check(&wrong, sizeof(wrong), &copy, &err),
                         -EPROTO);
        if (!strstr(err.text, refused[i].says))
            fail_msg("\"%s\" lacks \"%s\"", err.text, refused[i].says);
        assert_string_equal(copy.name, "untouched");
    }
    assert_int_equal(module_check(&good, 4, &(struct ccm_module){0}, NULL),
                     -EPROTO);
}

struct place {
    char *dir, *modules, *other;
    struct trust trust;
};

static int place_open(void **state)
{
    struct place *place = xcalloc(1, sizeof(*place));

    place->dir = scratch_new();
    place->modules = files_put(place->dir, "modules", NULL);
    place->other = files_put(place->dir, "other", NULL);
    free(files_put(place->modules, "crontab.so", "not ELF"));
    free(files_put(place->other, "crontab.so", "the second"));
    free(files_put(place->other, "late.so", "only here"));
    free(files_put(place->dir, "outside.so", "elsewhere"));
    *state = place;
    return 0;
}

static int place_close(void **state)
{
    struct place *place = *state;

    trust_done(&place->trust);
    free(place->modules);
    free(place->other);
    scratch_free(place->dir);
    free(place);
    return 0;
}

static int open_in(struct place *place, const char *name,
                   struct module_file **file, struct error *err)
{
    const char *dirs[] = {place->modules, place->other, NULL};

    trust_done(&place->trust);
    return module_open(&place->trust, dirs, name, file, err);
}

static void finds_the_first_of_that_name(void **state)
{
    struct place *place = *state;
    struct module_file *file;
    struct error err = {""};
    cleanup_free char *absolute = xasprintf("%s/late.so", place->other);

    assert_int_equal(open_in(place, "crontab", &file, &err), 0);
    assert_non_null(after_prefix(file->path, place->modules));
    module_close(file);
    assert_int_equal(open_in(place, "late", &file, &err), 0);
    assert_string_equal(file->path, absolute);
    module_close(file);
    assert_int_equal(open_in(place, absolute, &file, &err), 0);
    assert_int_equal(module_digest(file, &err), 0);
    assert_int_equal(strlen(file->digest), 32);
    module_close(file);
}

static void loads_nothing_from_outside(void **state)
{
    struct place *place = *state;
    cleanup_free char *outside = xasprintf("%s/outside.so", place->dir);
    cleanup_free char *link = xasprintf("%s/link.so", place->modules);
    cleanup_free char *dots = xasprintf("%s/../outside.so", place->modules);
    struct module_file *file = NULL;
    struct error err = {""};

    assert_int_equal(open_in(place, outside, &file, &err), -EPERM);
    assert_non_null(strstr(err.text, "module_dirs"));
    assert_int_equal(open_in(place, dots, &file, &err), -EPERM);
    assert_int_equal(symlink(outside, link), 0);
    assert_int_equal(open_in(place, "link", &file, &err), -EPERM);
    assert_int_equal(open_in(place, "../outside", &file, &err), -EINVAL);
    assert_int_equal(open_in(place, "", &file, &err), -EINVAL);
    assert_int_equal(open_in(place, "nobody", &file, &err), -ENOENT);
    assert_non_null(strstr(err.text, "nobody.so"));
    assert_null(file);
}

static void a_symlink_to_a_good_place_is_fine(void **state)
{
    struct place *place = *state;
    cleanup_free char *link = xasprintf("%s/alias.so", place->modules);
    struct module_file *file;
    struct error err = {""};

    assert_int_equal(symlink("../other/late.so", link), 0);
    assert_int_equal(open_in(place, "alias", &file, &err), 0);
    assert_non_null(after_prefix(file->path, place->other));
    module_close(file);
}

static void refuses_what_others_could_have_written(void **state)
{
    struct place *place = *state;
    cleanup_free char *path = xasprintf("%s/crontab.so", place->modules);
    struct module_file *file = NULL;
    struct error err = {""};

    chmod(path, 0757);
    assert_int_equal(open_in(place, "crontab", &file, &err), -EPERM);
    assert_non_null(strstr(err.text, path));
    chmod(path, 0644);
    chmod(place->modules, 0775);
    assert_int_equal(open_in(place, "crontab", &file, &err), -EPERM);
    assert_non_null(strstr(err.text, place->modules));
    chmod(place->modules, 0755);
    chmod(place->dir, 0777);
    assert_int_equal(open_in(place, "crontab", &file, &err), -EPERM);
    chmod(place->dir, 01777);
    assert_int_equal(open_in(place, "crontab", &file, &err), 0);
    module_close(file);
    if (geteuid() != 0)
        return;
    assert_int_equal(chown(path, 65534, 65534), 0);
    assert_int_equal(open_in(place, "crontab", &file, &err), -EPERM);
    assert_non_null(strstr(err.text, "user 65534"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_descriptor_as_it_should_be),
        cmocka_unit_test(a_shorter_one_is_filled_with_zeros),
        cmocka_unit_test(a_longer_one_is_cut),
        cmocka_unit_test(refusals_name_the_field_and_both_values),
        cmocka_unit_test_setup_teardown(finds_the_first_of_that_name,
                                        place_open, place_close),
        cmocka_unit_test_setup_teardown(loads_nothing_from_outside, place_open,
                                        place_close),
        cmocka_unit_test_setup_teardown(a_symlink_to_a_good_place_is_fine,
                                        place_open, place_close),
        cmocka_unit_test_setup_teardown(refuses_what_others_could_have_written,
                                        place_open, place_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
