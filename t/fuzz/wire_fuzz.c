/* SPDX-License-Identifier: ISC */
/*
 * What planners declare: two configurations, one behind the other. Decoding
 * is the inverse of encoding; and a plan holds nothing that must not be in
 * it.
 */
#include "fuzz.h"
#include "plans.h"

#include "base/util.h"
#include "plan/plan.h"
#include "plan/wire.h"

/* Each record that is read is written as the same bytes. */
static void check_inverse(const char *bytes, size_t size)
{
    size_t offset = 0;

    while (offset < size) {
        cleanup_buf struct buf again = BUF_INIT;
        const char **list = NULL;
        struct change change;
        size_t start = offset;
        struct error err;

        fuzz_error_init(&err);
        if (wire_get(bytes, size, &offset, &change, &list, &err) < 0) {
            fuzz_check(offset == start && !list);
            fuzz_check_error(&err);
            return;
        }
        fuzz_check(offset > start && offset <= size);
        wire_put(&again, &change);
        free(list);
        fuzz_check(again.size == offset - start);
        fuzz_check(memcmp(again.data, bytes + start, again.size) == 0);
    }
}

static void add(struct plan *plan, const char *name, const char *bytes,
                size_t size)
{
    size_t changes = plan->n_changes, n = plan->n_configurations;
    struct error err;

    fuzz_error_init(&err);
    if (plan_add(plan, name, bytes, size, &err) < 0) {
        fuzz_check(plan->n_changes == changes && plan->n_configurations == n);
        fuzz_check_error(&err);
    }
    fuzz_check_plan(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *) data, size};
    size_t cut = fuzz_byte(&input) * 8;
    struct plan *plan = plan_new();
    const char *rest;

    if (cut > input.left)
        cut = input.left;
    rest = input.next + cut;
    check_inverse(input.next, cut);
    check_inverse(rest, input.left - cut);
    add(plan, "one", input.next, cut);
    add(plan, "two", rest, input.left - cut);
    add(plan, "three", input.next, cut);
    plan_free(plan);
    return 0;
}
