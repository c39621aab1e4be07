/* SPDX-License-Identifier: ISC */
/* Which paths and names may be declared. */
#include "unit/unit.h"

#include "base/path.h"
#include "base/util.h"

#include <errno.h>

static const struct {
    const char *path;
    int result;
} paths[] = {
    {"/", 0},           {"/etc/cron.d/alice", 0}, {"/etc/..hidden", 0},
    {"", -EINVAL},      {"etc/passwd", -EINVAL},  {"/etc/", -EINVAL},
    {"//etc", -EINVAL}, {"/etc/./x", -EINVAL},    {"/etc/../x", -EINVAL},
    {"/..", -EINVAL},   {"/a\nb", -EINVAL},       {"/a\x7f", -EINVAL},
};

static void knows_good_paths_from_bad_ones(void **state)
{
    struct error err;
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(paths); i++)
        assert_int_equal(path_check(paths[i].path, &err), paths[i].result);
}

static void refuses_components_over_255_bytes(void **state)
{
    char path[300] = "/";
    struct error err;

    (void) state;
    memset(path + 1, 'x', 255);
    assert_int_equal(path_check(path, &err), 0);
    assert_int_equal(path_check_name(path + 1, &err), 0);
    path[256] = 'x';
    assert_int_equal(path_check(path, &err), -ENAMETOOLONG);
    assert_int_equal(path_check_name(path + 1, &err), -ENAMETOOLONG);
}

static void a_name_is_one_component(void **state)
{
    struct error err;

    (void) state;
    assert_int_equal(path_check_name("alice", &err), 0);
    assert_int_equal(path_check_name("", &err), -EINVAL);
    assert_int_equal(path_check_name("..", &err), -EINVAL);
    assert_int_equal(path_check_name("a/b", &err), -EINVAL);
    assert_int_equal(path_check_name("a\tb", &err), -EINVAL);
}

static void joins_with_one_slash(void **state)
{
    cleanup_free char *plain = path_join("/srv", "x");
    cleanup_free char *slashes = path_join("/srv/", "/x");
    cleanup_free char *root = path_join("/", "/x");

    (void) state;
    assert_string_equal(plain, "/srv/x");
    assert_string_equal(slashes, "/srv/x");
    assert_string_equal(root, "/x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_good_paths_from_bad_ones),
        cmocka_unit_test(refuses_components_over_255_bytes),
        cmocka_unit_test(a_name_is_one_component),
        cmocka_unit_test(joins_with_one_slash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
