/* SPDX-License-Identifier: ISC */
/* The watch over events/ and a past that is not what it was: compacted away, or
 * of a store that was restored from a backup. */
#include "events_fake.h"

#include "base/util.h"

#include <errno.h>

/* etcd from a backup: revisions begin again at an older one. */
static void a_store_that_goes_back_is_a_doubt(void **state)
{
    const struct store_kv first[] = {EVENT("b", 700), EVENT("a", 500)};
    const struct store_kv again[] = {EVENT("b", 410), EVENT("a", 300)};
    struct fake *fake = *state;

    answer_events(fake, 800, first, 2, 2);
    watch_opens(fake);
    watch_breaks(fake);
    assert_said(fake, "a@500 b@700 up down ");
    await_call(fake);
    answer_events(fake, 420, again, 2, 2);
    assert_said(fake, "doubt a@300 b@410 ");
    assert_int_equal(fake->watched_from, 421);
    watch_opens(fake);
    watch_brings(fake, "events/a", 421);
    watch_brings(fake, "flag", 422);
    assert_said(fake, "up a@421 flag ");
    assert_int_equal(fake->events.flag.mod_revision, 422);
    watch_breaks(fake);
}

/* It has passed the revisions of before when it is reached again: b's event of
 * 700 is gone, and what came since is news though it is older than that. */
static void a_store_that_went_back_and_on_is_a_doubt(void **state)
{
    const struct store_kv first[] = {EVENT("b", 700), EVENT("a", 500)};
    const struct store_kv again[] = {EVENT("a", 900), EVENT("c", 650),
                                     EVENT("b", 410)};
    const struct store_kv without[] = {EVENT("a", 900), EVENT("c", 650)};
    struct fake *fake = *state;

    answer_events(fake, 800, first, 2, 2);
    watch_opens(fake);
    watch_breaks(fake);
    await_call(fake);
    assert_said(fake, "a@500 b@700 up down ");
    answer_events(fake, 1000, again, 3, 3);
    assert_said(fake, "doubt b@410 c@650 a@900 ");
    watch_opens(fake);
    watch_breaks(fake);
    await_call(fake);
    answer_events(fake, 1000, again, 3, 3);
    assert_said(fake, "up down ");
    watch_opens(fake);
    watch_breaks(fake);
    await_call(fake);
    answer_events(fake, 1000, without, 2, 2);
    assert_said(fake, "up down doubt c@650 a@900 ");
}

/* Only what a backup lacks has gone back: nothing was known of c's event. */
static void an_event_older_than_the_newest_known_is_news(void **state)
{
    const struct store_kv first[] = {EVENT("a", 500), EVENT("c", 100)};
    const struct store_kv again[] = {EVENT("a", 500), EVENT("c", 450)};
    struct fake *fake = *state;

    answer_events(fake, 500, first, 2, 2);
    watch_opens(fake);
    watch_breaks(fake);
    await_call(fake);
    answer_events(fake, 600, again, 2, 2);
    assert_said(fake, "c@100 a@500 up down c@450 ");
}

/* An answer that was sent before something newer was heard is no such sign. */
static void an_answer_that_comes_late_is_no_doubt(void **state)
{
    struct fake *fake = *state;

    answer_events(fake, 8, NULL, 0, 0);
    watch_opens(fake);
    watch_breaks(fake);
    await_call(fake);
    events_learn_flag(&fake->events, NULL, 20);
    answer_events(fake, 9, NULL, 0, 0);
    assert_said(fake, "up down ");
}

/* Events between may have had other events after them; and objects may have
 * changed in other ways than the look can tell. */
static void a_compacted_history_is_a_doubt(void **state)
{
    const struct store_watch_ops *ops;
    const struct error err = {"compacted"};
    struct fake *fake = *state;

    answer_events(fake, 8, NULL, 0, 0);
    ops = STEAL(fake->watch_ops);
    ops->lost(fake->watch_userdata, -ESTALE, &err);
    assert_said(fake, "doubt ");
    await_call(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(a_store_that_goes_back_is_a_doubt),
        FAKE_TEST(a_store_that_went_back_and_on_is_a_doubt),
        FAKE_TEST(an_event_older_than_the_newest_known_is_news),
        FAKE_TEST(an_answer_that_comes_late_is_no_doubt),
        FAKE_TEST(a_compacted_history_is_a_doubt),
    };

    return cmocka_run_group_tests_name("events_past", tests, NULL, NULL);
}
