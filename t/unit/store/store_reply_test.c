/* SPDX-License-Identifier: ISC */
/* Is it an answer to what was asked? */
#include "unit/unit.h"

#include "base/util.h"
#include "store/store_backend.h"

#include <errno.h>

/* Two keys at most in each range. */
static const struct {
    bool succeeded;
    const char *first[2], *second[2];
    size_t n_ranges;
    int expected;
} answers[] = {
    {true, {"flag"}, {"nodes/a", "nodes/b"}, 2, 0},
    {true, {NULL}, {NULL}, 2, 0},
    {true, {NULL}, {NULL}, 1, -EPROTO},
    {true, {NULL}, {NULL}, 0, -EPROTO},
    {true, {"flags"}, {NULL}, 2, -EPROTO},
    {true, {"flag", "flag"}, {NULL}, 2, -EPROTO},
    {true, {"flag"}, {"nodes/a", "x"}, 2, -EPROTO},
    {true, {"flag"}, {"nodes/"}, 2, -EPROTO},
    {false, {NULL}, {NULL}, 0, 0},
    {false, {NULL}, {NULL}, 1, -EPROTO},
};

static struct store_range range_of(const char *const keys[2],
                                   struct store_kv kvs[2])
{
    struct store_range range = {.kvs = kvs};

    while (range.n < 2 && keys[range.n]) {
        kvs[range.n] = (struct store_kv){.key = keys[range.n], .value = ""};
        range.n++;
    }
    return range;
}

static void an_answer_holds_what_was_asked_for(void **state)
{
    struct txn *txn = txn_new();
    size_t i;

    (void) state;
    txn_put(txn, "a", "b", 0);
    txn_get(txn, "flag");
    txn_get_below(txn, "nodes/", &(struct txn_range){0});
    for (i = 0; i < ARRAY_SIZE(answers); i++) {
        struct store_kv first[2], second[2];
        struct store_range ranges[] = {range_of(answers[i].first, first),
                                       range_of(answers[i].second, second)};
        struct store_reply reply = {answers[i].succeeded, 7, ranges,
                                    answers[i].n_ranges};

        assert_int_equal(txn_check_reply(txn, &reply, NULL),
                         answers[i].expected);
    }
    txn_free(txn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_holds_what_was_asked_for),
    };

    return cmocka_run_group_tests_name("store_reply", tests, NULL, NULL);
}
