/* SPDX-License-Identifier: ISC */
/* The store and the owner of struct events that the tests of it see. */
#include "events_fake.h"

#include "base/alloc.h"
#include "base/util.h"
#include "store/txn.h"

#include <errno.h>

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
void assert_said(struct fake *fake, const char *wanted)
{
    assert_string_equal(buf_text(&fake->said), wanted);
    buf_clear(&fake->said);
}

/* ------------------------------------------------------------------ driving */

void await_call(struct fake *fake)
{
    int passes;

    for (passes = 0; !fake->txn && passes < 1000; passes++)
        loop_step(fake->loop, 20);
    assert_non_null(fake->txn);
}

const struct txn_range *asked(const struct fake *fake)
{
    assert_int_equal(fake->txn->branches[0].n, 2);
    return &fake->txn->branches[0].ops[1].how;
}

void answer(struct fake *fake, const struct store_reply *reply, int r)
{
    struct error err = {"too much"};
    struct txn *txn = STEAL(fake->txn);

    fake->fn(fake->userdata, reply, r, &err);
    txn_free(txn);
}

void answer_events(struct fake *fake, int64_t revision,
                   const struct store_kv *kvs, size_t n, int64_t count)
{
    const struct store_range ranges[2] = {{0}, {kvs, n, count}};
    const struct store_reply reply = {true, revision, ranges, 2};

    answer(fake, &reply, 0);
}

void watch_opens(struct fake *fake)
{
    fake->watch_ops->opened(fake->watch_userdata, fake->watched_from);
}

void watch_brings(struct fake *fake, const char *key, int64_t revision)
{
    const struct store_kv kv = {
        .key = key, .value = "", .mod_revision = revision};

    fake->watch_ops->event(fake->watch_userdata, &kv, false);
}

void watch_breaks(struct fake *fake)
{
    const struct store_watch_ops *ops = STEAL(fake->watch_ops);
    const struct error err = {"cut"};

    ops->lost(fake->watch_userdata, -ECONNRESET, &err);
}

int fake_open(void **state)
{
    struct fake *fake = test_calloc(1, sizeof(*fake));

    fake->base.ops = &fake_ops;
    fake->loop = loop_new();
    events_init(&fake->events, fake->loop, &fake->base, &said_ops, fake);
    events_start(&fake->events);
    await_call(fake);
    *state = fake;
    return 0;
}

int fake_close(void **state)
{
    struct fake *fake = *state;

    events_done(&fake->events);
    txn_free(fake->txn);
    loop_free(fake->loop);
    buf_done(&fake->said);
    test_free(fake);
    return 0;
}
