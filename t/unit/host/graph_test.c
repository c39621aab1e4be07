/* SPDX-License-Identifier: ISC */
/* The order of configurations. */
#include "unit/unit.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/util.h"
#include "host/graph.h"

#include <errno.h>

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define MANY 10000
#define EDGES_EACH 5

/* The names in sorted order, with spaces between. */
static char *sorted(const struct graph_node *nodes, size_t n)
{
    cleanup_free size_t *order = xcalloc(n, sizeof(*order));
    struct buf text = BUF_INIT;
    struct error err = {""};
    size_t i;

    if (graph_sort(nodes, n, order, &err) < 0)
        fail_msg("%s", err.text);
    for (i = 0; i < n; i++)
        buf_printf(&text, "%s%s", i ? " " : "", nodes[order[i]].name);
    return buf_take(&text);
}

static void sorts_by_dependency_then_by_name(void **state)
{
    const struct graph_node nodes[] = {
        {"site", "1.conf", LIST("user", "pool"), NULL},
        {"zebra", "2.conf", NULL, NULL},
        {"user", "3.conf", NULL, NULL},
        {"pool", "4.conf", LIST("user"), NULL},
        {"ant", "5.conf", NULL, LIST("zebra", "not-there")},
    };
    cleanup_free char *order = sorted(nodes, ARRAY_SIZE(nodes));

    (void) state;
    assert_string_equal(order, "user pool site zebra ant");
}

static void order_of_files_does_not_matter(void **state)
{
    const struct graph_node nodes[] = {
        {"a", "1", LIST("d"), NULL}, {"b", "2", NULL, LIST("c")},
        {"c", "3", NULL, NULL},      {"d", "4", LIST("b"), NULL},
        {"e", "5", NULL, NULL},
    };
    size_t n = ARRAY_SIZE(nodes), shift, i;

    (void) state;
    for (shift = 0; shift < n; shift++) {
        struct graph_node turned[ARRAY_SIZE(nodes)];
        cleanup_free char *order = NULL;

        for (i = 0; i < n; i++)
            turned[i] = nodes[(i + shift) % n];
        order = sorted(turned, n);
        assert_string_equal(order, "c b d a e");
    }
}

static void nothing_is_an_order_too(void **state)
{
    (void) state;
    assert_int_equal(graph_sort(NULL, 0, NULL, NULL), 0);
}

static void names_twice_and_after_count_once(void **state)
{
    const struct graph_node nodes[] = {
        {"a", "1", LIST("b", "b"), LIST("b")},
        {"b", "2", NULL, NULL},
    };
    cleanup_free char *order = sorted(nodes, 2);

    (void) state;
    assert_string_equal(order, "b a");
}

static const struct {
    struct graph_node nodes[4];
    size_t n;
    int result;
    const char *says[3];
} broken[] = {
    {{{"a", "a.conf", LIST("nobody"), NULL}},
     1,
     -ENOENT,
     {"a.conf", "\"a\"", "\"nobody\""}},
    {{{"same", "x.conf", NULL, NULL}, {"same", "y.conf", NULL, NULL}},
     2,
     -EEXIST,
     {"x.conf", "y.conf", "\"same\""}},
    {{{"a", "a.conf", LIST("a"), NULL}}, 1, -ELOOP, {"a -> a;", "a.conf", ""}},
    {{{"c", "c.conf", LIST("a"), NULL},
      {"x", "x.conf", LIST("a"), NULL},
      {"a", "a.conf", NULL, LIST("b")},
      {"b", "b.conf", LIST("c"), NULL}},
     4,
     -ELOOP,
     {"a -> b -> c -> a;", "a.conf, b.conf, c.conf", ""}},
};

static void says_what_is_wrong_and_where(void **state)
{
    size_t order[4] = {7, 7, 7, 7}, i, j;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(broken); i++) {
        struct error err = {""};

        assert_int_equal(graph_sort(broken[i].nodes, broken[i].n, order, &err),
                         broken[i].result);
        for (j = 0; j < ARRAY_SIZE(broken[i].says); j++)
            if (!strstr(err.text, broken[i].says[j]))
                fail_msg("\"%s\" lacks \"%s\"", err.text, broken[i].says[j]);
        assert_null(strstr(err.text, "x.conf, a"));
        for (j = 0; j < ARRAY_SIZE(order); j++)
            assert_int_equal(order[j], 7);
    }
}

static void spells_out_a_cycle_through_fifty(void **state)
{
    char names[50][8];
    const char *depends[50][2];
    struct graph_node nodes[50];
    struct error err = {""};
    struct buf wanted = BUF_INIT;
    size_t order[50], i;

    (void) state;
    for (i = 0; i < 50; i++) {
        snprintf(names[i], sizeof(names[i]), "m%02zu", i);
        depends[i][0] = names[(i + 1) % 50];
        depends[i][1] = NULL;
        nodes[i] = (struct graph_node){names[i], names[i], depends[i], NULL};
        buf_printf(&wanted, "m%02zu -> ", i);
    }
    buf_puts(&wanted, "m00;");
    assert_int_equal(graph_sort(nodes, 50, order, &err), -ELOOP);
    assert_non_null(strstr(err.text, buf_text(&wanted)));
    buf_done(&wanted);
}

/* Ten thousand, each behind five others, in an order that is known. */
static void sorts_ten_thousand(void **state)
{
    char(*names)[16] = xcalloc(MANY, sizeof(*names));
    const char *(*depends)[EDGES_EACH + 1] = xcalloc(MANY, sizeof(*depends));
    struct graph_node *nodes = xcalloc(MANY, sizeof(*nodes));
    size_t *order = xcalloc(MANY, sizeof(*order));
    size_t *place = xcalloc(MANY, sizeof(*place)), i, j;

    (void) state;
    for (i = 0; i < MANY; i++) {
        size_t to = i * 7919 % MANY;

        snprintf(names[i], sizeof(names[i]), "n%zu", (i * 31 + 7) % MANY);
        for (j = 0; i >= EDGES_EACH && j < EDGES_EACH; j++)
            depends[i][j] = names[to * (j + 1) % i];
        nodes[i] = (struct graph_node){names[i], "f", depends[i], NULL};
    }
    assert_int_equal(graph_sort(nodes, MANY, order, NULL), 0);
    for (i = 0; i < MANY; i++)
        place[order[i]] = i;
    for (i = 0; i < MANY; i++)
        for (j = 0; depends[i][j]; j++) {
            size_t on = (size_t) ((char(*)[16]) depends[i][j] - names);

            assert_true(place[on] < place[i]);
        }
    free(names);
    free(depends);
    free(nodes);
    free(order);
    free(place);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorts_by_dependency_then_by_name),
        cmocka_unit_test(order_of_files_does_not_matter),
        cmocka_unit_test(nothing_is_an_order_too),
        cmocka_unit_test(names_twice_and_after_count_once),
        cmocka_unit_test(says_what_is_wrong_and_where),
        cmocka_unit_test(spells_out_a_cycle_through_fifty),
        cmocka_unit_test(sorts_ten_thousand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
