/* SPDX-License-Identifier: ISC */
/* The watch over events/: what a look tells, and how little it keeps. */
#include "unit.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/util.h"
#include "cluster/events.h"
#include "cluster/store_backend.h"

#include <errno.h>

/* A store that answers when the test does. */
struct fake {
    struct store base;
    struct store_call call;
    struct store_watch watch;
    struct txn *txn; /* that waits for its answer */
    store_reply_fn fn;
    void *userdata;
    const struct store_watch_ops *watch_ops; /* NULL: no watch */
    void *watch_userdata;
    int64_t watched_from;
    struct loop *loop;
    struct events events;
    struct buf said;
};

static struct store_call *fake_commit(struct store *base, struct txn *txn,
                                      store_reply_fn fn, void *userdata)
{
    struct fake *fake = (struct fake *) base;

    assert_null(fake->txn);
    fake->txn = txn;
    fake->fn = fn;
    fake->userdata = userdata;
    fake->call.store = base;
    return &fake->call;
}

static void fake_cancel(struct store_call *call)
{
    struct fake *fake = (struct fake *) call->store;

    txn_free(fake->txn);
    fake->txn = NULL;
}

static struct store_watch *fake_watch(struct store *base,
                                      struct store_watch_spec spec)
{
    struct fake *fake = (struct fake *) base;

    fake->watch_ops = spec.ops;
    fake->watch_userdata = spec.userdata;
    fake->watched_from = spec.from_revision;
    fake->watch.store = base;
    return &fake->watch;
}

static void fake_unwatch(struct store_watch *watch)
{
    ((struct fake *) watch->store)->watch_ops = NULL;
}

static const struct store_ops fake_ops = {
    .commit = fake_commit,
    .cancel = fake_cancel,
    .watch = fake_watch,
    .unwatch = fake_unwatch,
};

/* ------------------------------------------------------------ what is said */

static void said_event(void *userdata, const char *type, int64_t revision)
{
    buf_printf(&((struct fake *) userdata)->said, "%s@%lld ", type,
               (long long) revision);
}

static void said_doubt(void *userdata, const char *why)
{
    (void) why;
    buf_puts(&((struct fake *) userdata)->said, "doubt ");
}

static void said_flag(void *userdata)
{
    buf_puts(&((struct fake *) userdata)->said, "flag ");
}

static void said_connected(void *userdata, bool connected, const char *why)
{
    (void) why;
    buf_puts(&((struct fake *) userdata)->said, connected ? "up " : "down ");
}

static void said_trouble(void *userdata, const char *why)
{
    buf_printf(&((struct fake *) userdata)->said, "trouble(%s) ", why);
}

static const struct events_ops said_ops = {
    .event = said_event,
    .doubt = said_doubt,
    .flag = said_flag,
    .connected = said_connected,
    .trouble = said_trouble,
};

/* What has been said since the last time; borrowed until the next one. */
static void assert_said(struct fake *fake, const char *wanted)
{
    assert_string_equal(buf_text(&fake->said), wanted);
    buf_clear(&fake->said);
}

/* ------------------------------------------------------------------ driving */

/* Runs the loop until something is asked. */
static void await_call(struct fake *fake)
{
    int passes;

    for (passes = 0; !fake->txn && passes < 1000; passes++)
        loop_step(fake->loop, 20);
    assert_non_null(fake->txn);
}

static const struct txn_range *asked(const struct fake *fake)
{
    assert_int_equal(fake->txn->branches[0].n, 2);
    return &fake->txn->branches[0].ops[1].how;
}

static void answer(struct fake *fake, const struct store_reply *reply, int r)
{
    struct error err = {"too much"};
    struct txn *txn = STEAL(fake->txn);

    fake->fn(fake->userdata, reply, r, &err);
    txn_free(txn);
}

/* Answers with these events, the newest first; count of them are there. */
static void answer_events(struct fake *fake, int64_t revision,
                          const struct store_kv *kvs, size_t n, int64_t count)
{
    const struct store_range ranges[2] = {{0}, {kvs, n, count}};
    const struct store_reply reply = {true, revision, ranges, 2};

    answer(fake, &reply, 0);
}

static void watch_opens(struct fake *fake)
{
    fake->watch_ops->opened(fake->watch_userdata, fake->watched_from);
}

static void watch_brings(struct fake *fake, const char *key, int64_t revision)
{
    const struct store_kv kv = {
        .key = key, .value = "", .mod_revision = revision};

    fake->watch_ops->event(fake->watch_userdata, &kv, false);
}

static void watch_breaks(struct fake *fake)
{
    const struct store_watch_ops *ops = STEAL(fake->watch_ops);
    const struct error err = {"cut"};

    ops->lost(fake->watch_userdata, -ECONNRESET, &err);
}

/* The watch comes and goes, and events/ is looked at once more. */
static void looks_again(struct fake *fake)
{
    watch_opens(fake);
    watch_breaks(fake);
    await_call(fake);
}

static int fake_open(void **state)
{
    struct fake *fake = *state = test_calloc(1, sizeof(*fake));

    fake->base.ops = &fake_ops;
    fake->loop = loop_new();
    events_init(&fake->events, fake->loop, &fake->base, &said_ops, fake);
    events_start(&fake->events);
    await_call(fake);
    return 0;
}

static int fake_close(void **state)
{
    struct fake *fake = *state;

    events_done(&fake->events);
    txn_free(fake->txn);
    loop_free(fake->loop);
    buf_done(&fake->said);
    test_free(fake);
    return 0;
}

#define EVENT(name, revision)                                                  \
    {                                                                          \
        .key = "events/" name, .value = "", .mod_revision = (revision)         \
    }

/* ---------------------------------------------------------------- the facts */

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
    looks_again(fake);
    assert_said(fake, "a@500 b@700 up down ");
    answer_events(fake, 1000, again, 3, 3);
    assert_said(fake, "doubt b@410 c@650 a@900 ");
    looks_again(fake);
    answer_events(fake, 1000, again, 3, 3);
    assert_said(fake, "up down ");
    looks_again(fake);
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
    looks_again(fake);
    answer_events(fake, 600, again, 2, 2);
    assert_said(fake, "c@100 a@500 up down c@450 ");
}

/* An answer that was sent before something newer was heard is no such sign. */
static void an_answer_that_comes_late_is_no_doubt(void **state)
{
    struct fake *fake = *state;

    answer_events(fake, 8, NULL, 0, 0);
    looks_again(fake);
    events_learn_flag(&fake->events, NULL, 20);
    answer_events(fake, 9, NULL, 0, 0);
    assert_said(fake, "up down ");
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
    looks_again(fake);
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
    looks_again(fake);
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

#define FACT(test) cmocka_unit_test_setup_teardown(test, fake_open, fake_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FACT(a_look_reads_so_many_and_no_more),
        FACT(what_was_put_meanwhile_is_told_once),
        FACT(two_events_of_one_revision_are_both_told),
        FACT(a_store_that_goes_back_is_a_doubt),
        FACT(a_store_that_went_back_and_on_is_a_doubt),
        FACT(an_event_older_than_the_newest_known_is_news),
        FACT(an_answer_that_comes_late_is_no_doubt),
        FACT(more_than_a_look_reads_is_a_doubt),
        FACT(a_look_that_is_too_large_is_made_smaller),
        FACT(a_name_that_is_no_type_is_no_sign_of_a_silent_watch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
