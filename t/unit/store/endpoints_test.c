/* SPDX-License-Identifier: ISC */
/* Which of several servers is used. */
#include "unit/unit.h"

#include "base/util.h"
#include "store/endpoints.h"

static char *const urls[] = {"http://a", "http://b", "http://c", NULL};

static void stays_with_one_that_works(void **state)
{
    struct endpoints e;

    (void) state;
    endpoints_init(&e, urls);
    assert_int_equal(endpoints_pick(&e, 0), 0);
    endpoints_worked(&e, 0);
    assert_int_equal(endpoints_pick(&e, 1000), 0);
    endpoints_done(&e);
}

static void goes_on_when_one_fails_and_does_not_come_back(void **state)
{
    struct endpoints e;

    (void) state;
    endpoints_init(&e, urls);
    endpoints_failed(&e, 0, 1000);
    assert_int_equal(endpoints_pick(&e, 1000), 1);
    endpoints_failed(&e, 1, 1000);
    assert_int_equal(endpoints_pick(&e, 1000), 2);
    assert_int_equal(endpoints_pick(&e, 1000 + ENDPOINTS_BACKOFF_MIN_MS), 2);
    assert_string_equal(e.list[e.current].url, "http://c");
    endpoints_done(&e);
}

static void takes_the_first_to_come_back_when_all_fail(void **state)
{
    struct endpoints e;

    (void) state;
    endpoints_init(&e, urls);
    endpoints_failed(&e, 0, 1000);
    endpoints_failed(&e, 0, 1000);
    endpoints_failed(&e, 1, 1000);
    endpoints_failed(&e, 2, 1100);
    assert_int_equal(endpoints_pick(&e, 1100), 1);
    endpoints_done(&e);
}

static void waits_twice_as_long_each_time_up_to_a_bound(void **state)
{
    struct endpoints e;
    int64_t expected = ENDPOINTS_BACKOFF_MIN_MS;
    int i;

    (void) state;
    endpoints_init(&e, urls);
    for (i = 0; i < 40; i++) {
        endpoints_failed(&e, 0, 5000);
        assert_int_equal(e.list[0].avoid_until_ms, 5000 + expected);
        expected *= 2;
        if (expected > ENDPOINTS_BACKOFF_MAX_MS)
            expected = ENDPOINTS_BACKOFF_MAX_MS;
    }
    endpoints_worked(&e, 0);
    assert_int_equal(endpoints_pick(&e, 5000), 0);
    endpoints_done(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stays_with_one_that_works),
        cmocka_unit_test(goes_on_when_one_fails_and_does_not_come_back),
        cmocka_unit_test(takes_the_first_to_come_back_when_all_fail),
        cmocka_unit_test(waits_twice_as_long_each_time_up_to_a_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
