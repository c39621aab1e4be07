/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_ROLLOUT_EVENTS_FAKE_H
#define CCM_T_UNIT_ROLLOUT_EVENTS_FAKE_H

#include "unit/unit.h"

#include "base/buf.h"
#include "rollout/events.h"
#include "store/store_backend.h"

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

/* For cmocka: *state is a struct fake, with a look that waits for its answer.
 */
int fake_open(void **state);
int fake_close(void **state);
#define FAKE_TEST(test)                                                        \
    cmocka_unit_test_setup_teardown(test, fake_open, fake_close)

/* Runs the loop until something is asked. */
void await_call(struct fake *fake);
/* How the look or check that waits asks for the events; borrowed. */
const struct txn_range *asked(const struct fake *fake);
/* Answers it. With events: the newest first; count of them are there. */
void answer(struct fake *fake, const struct store_reply *reply, int r);
void answer_events(struct fake *fake, int64_t revision,
                   const struct store_kv *kvs, size_t n, int64_t count);
void watch_opens(struct fake *fake);
void watch_brings(struct fake *fake, const char *key, int64_t revision);
void watch_breaks(struct fake *fake);
/* What events has said since the last time: "a@5 up doubt " and the like. */
void assert_said(struct fake *fake, const char *wanted);

#define EVENT(name, revision)                                                  \
    {                                                                          \
        .key = "events/" name, .value = "", .mod_revision = (revision)         \
    }

#endif
