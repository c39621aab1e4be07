/* SPDX-License-Identifier: ISC */
/* The watch over events/: what a look tells, and how little it keeps. */
#include "events_fake.h"

#include "base/util.h"

#include <errno.h>

static void a_look_reads_so_many_and_no_more(void **state)
{
    struct fake *fake = *state;

    assert_int_equal(asked(fake)->limit, EVENTS_LOOK_MAX);
    assert_true(asked(fake)->keys_only && asked(fake)->by_mod_revision &&
                asked(fake)->newest_first);
}

static void what_was_put_meanwhile_is_told_once(void **state)
{
    const struct store_kv first[] = {EVENT("b", 7), EVENT("a", 5)};
    const struct store_kv again[] = {EVENT("c", 12), EVENT("a", 11),
                                     EVENT("b", 9)};
    struct fake *fake = *state;

    answer_events(fake, 8, first, 2, 2);
    assert_int_equal(fake->watched_from, 9);
    watch_opens(fake);
    watch_brings(fake, "events/b", 9);
    assert_said(fake, "a@5 b@7 up b@9 ");
    watch_breaks(fake);
    assert_said(fake, "down ");
    await_call(fake);
    answer_events(fake, 12, again, 3, 3);
    assert_said(fake, "a@11 c@12 ");
    watch_opens(fake);
}

static void two_events_of_one_revision_are_both_told(void **state)
{
    struct fake *fake = *state;

    answer_events(fake, 3, NULL, 0, 0);
    watch_opens(fake);
    watch_brings(fake, "events/a", 4);
    watch_brings(fake, "events/b", 4);
    assert_said(fake, "up a@4 b@4 ");
}

/* Only the newest are read; older ones that are new, too, would be missed. */
static void more_than_a_look_reads_is_a_doubt(void **state)
{
    const struct store_kv some[] = {EVENT("z", 90), EVENT("y", 80)};
    struct fake *fake = *state;

    answer_events(fake, 90, some, 2, 100000);
    watch_opens(fake);
    assert_said(fake, "y@80 z@90 up ");
    watch_breaks(fake);
    await_call(fake);
    answer_events(fake, 95, some, 2, 100000);
    assert_said(fake, "down ");
    watch_opens(fake);
    watch_breaks(fake);
    await_call(fake);
    answer_events(fake, 300,
                  (struct store_kv[]){EVENT("z", 300), EVENT("y", 299)}, 2,
                  100000);
    assert_said(fake, "up down doubt y@299 z@300 ");
}

static void a_look_that_is_too_large_is_made_smaller(void **state)
{
    struct fake *fake = *state;

    answer(fake, NULL, -EMSGSIZE);
    assert_said(fake, "trouble(too much) ");
    await_call(fake);
    assert_int_equal(asked(fake)->limit, 1);
    answer_events(fake, 8, (struct store_kv[]){EVENT("b", 7)}, 1, 100000);
    watch_opens(fake);
    watch_breaks(fake);
    await_call(fake);
    assert_int_equal(asked(fake)->limit, EVENTS_LOOK_MAX);
}

/* A key that is no type is nobody's event, but the watch has brought it. */
static void a_name_that_is_no_type_is_no_sign_of_a_silent_watch(void **state)
{
    const struct store_kv newest = EVENT("Not a type!", 9);
    struct fake *fake = *state;

    answer_events(fake, 8, NULL, 0, 0);
    watch_opens(fake);
    watch_brings(fake, "events/Not a type!", 9);
    events_check(&fake->events, 10);
    assert_int_equal(asked(fake)->limit, 1);
    answer_events(fake, 10, &newest, 1, 1);
    assert_int_equal(fake->events.suspect, 0);
    assert_said(fake, "up ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FAKE_TEST(a_look_reads_so_many_and_no_more),
        FAKE_TEST(what_was_put_meanwhile_is_told_once),
        FAKE_TEST(two_events_of_one_revision_are_both_told),
        FAKE_TEST(more_than_a_look_reads_is_a_doubt),
        FAKE_TEST(a_look_that_is_too_large_is_made_smaller),
        FAKE_TEST(a_name_that_is_no_type_is_no_sign_of_a_silent_watch),
    };

    return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
