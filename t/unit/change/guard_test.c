/* SPDX-License-Identifier: ISC */
/* The guard against mass removal. */
#include "unit/unit.h"

#include "base/util.h"
#include "change/guard.h"

#include <errno.h>

static const struct {
    int64_t count, percent;
    size_t removals, managed;
    int result;
} cases[] = {
    {10, 30, 0, 0, 0},
    {10, 30, 10, 10, 0},      /* not more than 10 */
    {10, 30, 11, 11, -EPERM}, /* both */
    {10, 30, 11, 36, -EPERM}, /* 30.6 % */
    {10, 30, 11, 37, 0},      /* 29.7 % */
    {10, 30, 300, 1000, 0},   /* 30 % is not more than 30 % */
    {10, 30, 301, 1000, -EPERM},
    {0, 0, 0, 100, 0},
    {0, 0, 1, 100, -EPERM},
    {0, 100, 100, 100, 0}, /* nothing is more than all */
    {INT64_MAX, 0, 1000, 1000, 0},
    {10, 30, SIZE_MAX, SIZE_MAX, -EPERM},
};

static void refuses_more_than_both_limits(void **state)
{
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        struct config config = {.max_removals = cases[i].count,
                                .max_removals_percent = cases[i].percent};
        struct error err = {""};

        assert_int_equal(
            guard_check(&config, cases[i].removals, cases[i].managed, &err),
            cases[i].result);
        if (cases[i].result < 0)
            assert_non_null(strstr(err.text, "ccmctl apply --allow-removals"));
        else
            assert_string_equal(err.text, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_more_than_both_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
