/* SPDX-License-Identifier: ISC */
/* How object types and configurations may be called. */
#include "unit.h"

#include "base/name.h"
#include "base/util.h"

static const struct {
    const char *name;
    bool valid;
} names[] = {
    {"crons", true},  {"unix-users", true}, {"x2", true},   {"", false},
    {"Crons", false}, {"2x", false},        {"-x", false},  {"a/b", false},
    {"..", false},    {"a_b", false},       {"a b", false}, {"a\nb", false},
};

static void knows_good_names_from_bad_ones(void **state)
{
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(names); i++)
        assert_int_equal(name_valid(names[i].name), names[i].valid);
}

static void has_at_most_63_bytes(void **state)
{
    char name[65] = "";

    (void) state;
    memset(name, 'a', 64);
    assert_false(name_valid(name));
    name[63] = '\0';
    assert_true(name_valid(name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_good_names_from_bad_ones),
        cmocka_unit_test(has_at_most_63_bytes),
    };

    return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
