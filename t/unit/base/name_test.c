/* SPDX-License-Identifier: ISC */
/* How object types, configurations and nodes may be called. */
#include "unit/unit.h"

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

static const struct {
    const char *name, *why; /* NULL: good */
} nodes[] = {
    {"web1", NULL},
    {"web1.example.com", NULL},
    {"Web_1-a", NULL},
    {"", "is empty"},
    {"a b", "may contain only"},
    {"a/b", "may contain only"},
    {"w\xc3\xa4", "may contain only"},
    {"..", "between its dots"},
    {"a..b", "between its dots"},
    {"a.", "between its dots"},
};

static void knows_what_a_node_can_be_called(void **state)
{
    struct error err;
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(nodes); i++) {
        int r = name_check_node(nodes[i].name, &err);

        assert_int_equal(r == 0, nodes[i].why == NULL);
        if (r < 0)
            assert_non_null(strstr(err.text, nodes[i].why));
    }
}

/* A key of the store may have no more in one part. */
static void a_node_has_at_most_200_bytes(void **state)
{
    char name[202] = "";
    size_t i;

    (void) state;
    for (i = 0; i < 201; i++)
        name[i] = i % 50 == 49 ? '.' : 'a';
    assert_true(name_check_node(name, NULL) < 0);
    name[200] = '\0';
    name[199] = 'a';
    assert_int_equal(name_check_node(name, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_good_names_from_bad_ones),
        cmocka_unit_test(has_at_most_63_bytes),
        cmocka_unit_test(knows_what_a_node_can_be_called),
        cmocka_unit_test(a_node_has_at_most_200_bytes),
    };

    return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
