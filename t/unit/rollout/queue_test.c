/* SPDX-License-Identifier: ISC */
/* The queue: who is near, who is at the head, and what it asks to know it. */
#include "store_counter.h"
#include "unit/store/store_local_fixture.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/util.h"
#include "rollout/queue.h"

struct member {
    struct queue queue;
    int64_t lease;
    bool lost;
};

struct fixture {
    struct store_local_fixture folder;
    struct counter counter;
    struct member a, b, c, d;
};

static void member_moved(void *userdata)
{
    (void) userdata;
}

static void member_lost(void *userdata, bool lease_gone, const char *why)
{
    struct member *member = userdata;

    (void) lease_gone, (void) why;
    member->lost = true;
}

static void member_trouble(void *userdata, const char *why)
{
    (void) userdata;
    fail_msg("%s", why);
}

static int setup(void **state)
{
    static const struct queue_ops ops = {member_moved, member_lost,
                                         member_trouble};
    struct fixture *f = test_calloc(1, sizeof(*f));
    struct member *members[] = {&f->a, &f->b, &f->c, &f->d};
    size_t i;

    fixture_open(&f->folder);
    f->counter = (struct counter){{&counter_ops}, f->folder.driver.store, 0, 0};
    for (i = 0; i < ARRAY_SIZE(members); i++) {
        queue_init(&members[i]->queue, f->folder.driver.loop, &f->counter.base,
                   &ops, members[i]);
        driver_grant(&f->folder.driver, 3600);
        members[i]->lease = f->folder.driver.lease;
    }
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    queue_done(&f->a.queue);
    queue_done(&f->b.queue);
    queue_done(&f->c.queue);
    queue_done(&f->d.queue);
    fixture_close(&f->folder);
    test_free(f);
    return 0;
}

/* More passes of the loop than what is under way can last. */
static void settle(struct fixture *f)
{
    int i;

    for (i = 0; i < 50; i++)
        loop_step(f->folder.driver.loop, 0);
}

static void join(struct fixture *f, struct member *member, int64_t plan_ahead)
{
    queue_join(&member->queue, "n", member->lease, plan_ahead);
    settle(f);
}

static void join_all(struct fixture *f, int64_t plan_ahead)
{
    join(f, &f->a, plan_ahead);
    join(f, &f->b, plan_ahead);
    join(f, &f->c, plan_ahead);
    join(f, &f->d, plan_ahead);
    f->counter.commits = f->counter.watches = 0;
}

/* As the transaction that begins a turn. */
static bool begin(struct fixture *f, struct member *member)
{
    struct txn *txn = txn_new();

    queue_conditions(&member->queue, txn);
    queue_tell_begun(&member->queue, txn, "0123456789abcdef");
    assert_int_equal(driver_commit(&f->folder.driver, txn), 0);
    settle(f);
    return f->folder.driver.succeeded;
}

static void leave(struct fixture *f, struct member *member)
{
    struct txn *txn = txn_new();

    queue_leave(&member->queue, txn);
    assert_int_equal(driver_commit(&f->folder.driver, txn), 0);
    queue_forget(&member->queue);
    settle(f);
}

/* A place as etcdctl lock takes it. */
static void foreign_join(struct fixture *f)
{
    assert_int_equal(driver_put(&f->folder.driver, "lock/foreign", ""), 0);
    settle(f);
}

static void assert_states(const struct fixture *f, const char *expected)
{
    static const char letters[] = "-jfnh";
    const char seen[] = {letters[f->a.queue.state], letters[f->b.queue.state],
                         letters[f->c.queue.state], letters[f->d.queue.state],
                         '\0'};

    assert_string_equal(seen, expected);
}

static void an_empty_queue_is_joined_with_one_request(void **state)
{
    struct fixture *f = *state;

    join(f, &f->a, 2);
    assert_states(f, "h---");
    assert_int_equal(f->counter.commits, 1);
    assert_int_equal(f->counter.watches, 0);
    assert_true(begin(f, &f->a));
}

static void so_many_in_front_are_near(void **state)
{
    struct fixture *f = *state;

    join_all(f, 2);
    assert_states(f, "hnnf");
}

static void the_begin_of_the_awaited_brings_near(void **state)
{
    struct fixture *f = *state;

    join_all(f, 2);
    assert_true(begin(f, &f->a));
    leave(f, &f->a);
    assert_states(f, "-hnf");
    assert_int_equal(f->counter.commits, 0);
    assert_true(begin(f, &f->b));
    assert_states(f, "-hnn");
    assert_int_equal(f->d.queue.n_front, 2);
    /* The look behind the new watch on the one right in front. */
    assert_int_equal(f->counter.commits, 1);
    assert_int_equal(f->counter.watches, 1);
}

static void a_release_wakes_up_the_next_one_alone(void **state)
{
    struct fixture *f = *state;

    join_all(f, 2);
    begin(f, &f->a);
    /* That it has begun has told its successor who is in front, too. */
    assert_int_equal(f->b.queue.n_front, 1);
    leave(f, &f->a);
    begin(f, &f->b);
    f->counter.commits = 0;
    leave(f, &f->b);
    assert_states(f, "--hn");
    assert_int_equal(f->counter.commits, 0);
    assert_int_equal(f->c.queue.n_front, 1);
    assert_true(begin(f, &f->c));
}

static void begun_before_we_join_is_near_at_once(void **state)
{
    struct fixture *f = *state;

    join(f, &f->a, 2);
    join(f, &f->b, 2);
    join(f, &f->c, 2);
    leave(f, &f->a);
    begin(f, &f->b);
    join(f, &f->d, 2);
    assert_states(f, "-hnn");
}

static void begun_while_the_watch_opens_is_found_by_the_look(void **state)
{
    struct fixture *f = *state;

    join(f, &f->a, 2);
    join(f, &f->b, 2);
    join(f, &f->c, 2);
    queue_join(&f->d.queue, "n", f->d.lease, 2);
    while (f->d.queue.state == QUEUE_JOINING)
        loop_step(f->folder.driver.loop, 0);
    assert_states(f, "hnnf");
    leave(f, &f->a);
    begin(f, &f->b);
    assert_states(f, "-hnn");
}

static void gone_without_a_begin_is_looked_for(void **state)
{
    struct fixture *f = *state;

    join_all(f, 2);
    leave(f, &f->b);
    /* Not the head yet, as its begin finds; most often it would be. */
    assert_states(f, "h-hn");
    assert_false(begin(f, &f->c));
    assert_int_equal(f->d.queue.n_front, 2);
    leave(f, &f->a);
    assert_true(begin(f, &f->c));
    leave(f, &f->c);
    assert_states(f, "---h");
    assert_true(begin(f, &f->d));
}

static void a_foreign_holder_is_near_when_it_goes(void **state)
{
    struct fixture *f = *state;

    join(f, &f->a, 2);
    foreign_join(f);
    join(f, &f->c, 2);
    join(f, &f->d, 2);
    assert_states(f, "h-nf");
    begin(f, &f->a);
    leave(f, &f->a);
    assert_states(f, "--nf");
    driver_delete(&f->folder.driver, "lock/foreign");
    settle(f);
    assert_states(f, "--hn");
}

static void without_planning_ahead_only_the_head_is_told(void **state)
{
    struct fixture *f = *state;

    join_all(f, 0);
    assert_states(f, "hfff");
    begin(f, &f->a);
    assert_states(f, "hfff");
    leave(f, &f->a);
    assert_states(f, "-hff");
    assert_true(begin(f, &f->b));
}

struct refusal {
    struct queue *queue;
    bool answered, kept;
};

static void on_refusal(void *userdata, const struct store_reply *reply, int r,
                       const struct error *err)
{
    struct refusal *refusal = userdata;

    (void) err;
    assert_int_equal(r, 0);
    assert_false(reply->succeeded);
    refusal->kept = queue_learn(refusal->queue, reply->ranges);
    refusal->answered = true;
}

/* A begin that asks, where it is refused, what tells why. */
static bool refused(struct fixture *f, struct member *member)
{
    struct refusal refusal = {.queue = &member->queue};
    struct txn *txn = txn_new();

    queue_conditions(&member->queue, txn);
    txn_otherwise(txn);
    queue_gets(&member->queue, txn);
    store_commit(f->folder.driver.store, txn, on_refusal, &refusal);
    settle(f);
    assert_true(refusal.answered);
    return refusal.kept;
}

static void somebody_left_in_front_is_waited_for(void **state)
{
    struct fixture *f = *state;

    join_all(f, 2);
    leave(f, &f->b);
    assert_states(f, "h-hn");
    assert_true(refused(f, &f->c));
    assert_states(f, "h-nn");
    leave(f, &f->a);
    assert_states(f, "--hn");
    assert_true(begin(f, &f->c));
}

static void who_has_come_back_is_behind_us(void **state)
{
    struct fixture *f = *state;

    join(f, &f->a, 2);
    join(f, &f->b, 2);
    leave(f, &f->a);
    join(f, &f->a, 2);
    assert_states(f, "nh--");
    f->counter.watches = 0;
    assert_true(refused(f, &f->b));
    assert_int_equal(f->counter.watches, 0);
    assert_true(begin(f, &f->b));
}

static void a_place_that_is_gone_is_said_to_be(void **state)
{
    struct fixture *f = *state;

    join_all(f, 2);
    driver_revoke(&f->folder.driver, f->a.lease);
    settle(f);
    assert_false(refused(f, &f->a));
    assert_false(f->a.lost);
    driver_revoke(&f->folder.driver, f->b.lease);
    queue_check(&f->b.queue);
    settle(f);
    assert_true(f->b.lost);
    assert_false(f->c.lost);
}

static void the_watch_is_closed_when_the_turn_has_begun(void **state)
{
    struct fixture *f = *state;

    join_all(f, 2);
    leave(f, &f->a);
    assert_int_equal(f->b.queue.state, QUEUE_HEAD);
    assert_non_null(f->b.queue.watch);
    assert_true(begin(f, &f->b));
    queue_begun(&f->b.queue);
    assert_null(f->b.queue.watch);
}

#define FACT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FACT(an_empty_queue_is_joined_with_one_request),
        FACT(so_many_in_front_are_near),
        FACT(the_begin_of_the_awaited_brings_near),
        FACT(a_release_wakes_up_the_next_one_alone),
        FACT(begun_before_we_join_is_near_at_once),
        FACT(begun_while_the_watch_opens_is_found_by_the_look),
        FACT(gone_without_a_begin_is_looked_for),
        FACT(a_foreign_holder_is_near_when_it_goes),
        FACT(without_planning_ahead_only_the_head_is_told),
        FACT(somebody_left_in_front_is_waited_for),
        FACT(who_has_come_back_is_behind_us),
        FACT(a_place_that_is_gone_is_said_to_be),
        FACT(the_watch_is_closed_when_the_turn_has_begun),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
