/* SPDX-License-Identifier: ISC */
/* Settling and back-off: pure functions of the time that is passed in. */
#include "unit/unit.h"

#include "loop/backoff.h"
#include "rollout/settle.h"

static void fires_once_after_quiet(void **state)
{
    struct settle settle;

    (void) state;
    settle_init(&settle, 10000, 300000);
    assert_int_equal(settle_left_ms(&settle, 5), 0);
    settle_touch(&settle, 1000);
    assert_int_equal(settle_left_ms(&settle, 1000), 10000);
    assert_int_equal(settle_left_ms(&settle, 10999), 1);
    assert_int_equal(settle_left_ms(&settle, 11000), 0);
    settle_reset(&settle);
    assert_int_equal(settle_left_ms(&settle, 1001), 0);
}

static void each_event_starts_the_quiet_again(void **state)
{
    struct settle settle;

    (void) state;
    settle_init(&settle, 10000, 300000);
    settle_touch(&settle, 0);
    settle_touch(&settle, 9000);
    assert_int_equal(settle_left_ms(&settle, 10000), 9000);
}

static void a_burst_without_end_is_cut_at_max(void **state)
{
    struct settle settle;
    int64_t now_ms;

    (void) state;
    settle_init(&settle, 10000, 30000);
    for (now_ms = 0; now_ms < 30000; now_ms += 1000)
        settle_touch(&settle, now_ms);
    assert_int_equal(settle_left_ms(&settle, 29000), 1000);
    assert_int_equal(settle_left_ms(&settle, 30000), 0);
}

static void no_quiet_settles_at_once(void **state)
{
    struct settle settle;

    (void) state;
    settle_init(&settle, 0, 0);
    settle_touch(&settle, 77);
    assert_int_equal(settle_left_ms(&settle, 77), 0);
}

static void back_off_doubles_up_to_its_limit(void **state)
{
    struct backoff backoff = {.first_ms = 100, .max_ms = 450};
    const int64_t steps[] = {100, 200, 400, 450, 450};
    size_t i;

    (void) state;
    for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        assert_in_range(backoff_next_ms(&backoff), steps[i] / 2, steps[i]);
    backoff_reset(&backoff);
    assert_in_range(backoff_next_ms(&backoff), 50, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fires_once_after_quiet),
        cmocka_unit_test(each_event_starts_the_quiet_again),
        cmocka_unit_test(a_burst_without_end_is_cut_at_max),
        cmocka_unit_test(no_quiet_settles_at_once),
        cmocka_unit_test(back_off_doubles_up_to_its_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
