/* SPDX-License-Identifier: ISC */
/*
 * Watches in etcd: one HTTP stream each. There are at most two, so multiplexing
 * them over one stream would save nothing, and each can be opened and closed
 * alone.
 *
 * A watch ends at the first fault and reports it; the watcher then looks again.
 * Only one fault is repaired silently: if a token has expired, etcd answers
 * "permission denied", so a refused watch is tried once more with another
 * token.
 */
#include "store_etcd.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/util.h"

#include <errno.h>

struct store_etcd_watch {
    struct store_watch base;
    struct store_etcd_watch *next;
    struct etcd_call *stream;
    char *first, *end; /* whole keys */
    int64_t from_revision;
    const struct store_watch_ops *ops;
    void *userdata;
    bool opened;
    bool renewed;   /* it has had its second token */
    bool handing;   /* events are being handed out */
    bool unwatched; /* meanwhile */
};

static void store_etcd_free_watch(struct store_etcd_watch *watch)
{
    free(watch->first);
    free(watch->end);
    free(watch);
}

static void store_etcd_detach_watch(struct store_etcd_watch *watch)
{
    struct store_etcd *store = (struct store_etcd *) watch->base.store;
    struct store_etcd_watch **at = &store->watches;

    while (*at != watch)
        at = &(*at)->next;
    *at = watch->next;
    etcd_cancel(watch->stream);
    watch->stream = NULL;
}

void store_etcd_unwatch(struct store_watch *base)
{
    struct store_etcd_watch *watch = (struct store_etcd_watch *) base;

    store_etcd_detach_watch(watch);
    watch->unwatched = true;
    if (!watch->handing)
        store_etcd_free_watch(watch);
}

static void store_etcd_lose(struct store_etcd_watch *watch, int r,
                            const struct error *err)
{
    store_etcd_detach_watch(watch);
    watch->ops->lost(watch->userdata, r, err);
    store_etcd_free_watch(watch);
}

/* -------------------------------------------------------------------- lines */

static void store_etcd_open_stream(struct store_etcd_watch *watch);

/* Was the watch refused because of its token? Then it is opened once more. */
static bool store_etcd_reopens(struct store_etcd_watch *watch, int r)
{
    struct store_etcd *store = (struct store_etcd *) watch->base.store;

    if ((r != -EPERM && r != -EKEYEXPIRED) || watch->renewed ||
        !etcd_has_user(store->etcd))
        return false;
    watch->renewed = true;
    etcd_cancel(watch->stream);
    etcd_forget_token(store->etcd);
    store_etcd_open_stream(watch);
    return true;
}

static void store_etcd_canceled(struct store_etcd_watch *watch,
                                const struct etcd_wire_watch_answer *answer)
{
    const char *reason = answer->cancel_reason;
    struct error err;
    int r = etcd_wire_words_code(reason);

    if (answer->compact_revision > 0)
        r = error_set(&err, -ESTALE,
                      "etcd: revision %lld is compacted up to %lld",
                      (long long) watch->from_revision,
                      (long long) answer->compact_revision);
    else if (store_etcd_reopens(watch, r))
        return;
    else if (r == -EPERM || r == -EKEYEXPIRED)
        r = error_set(&err, -EPERM, "etcd refused the watch: %s", reason);
    else
        r = error_set(&err, -ECONNRESET, "etcd ended the watch: %s",
                      *reason ? reason : "no reason given");
    store_etcd_lose(watch, r, &err);
}

static void store_etcd_hand_event(struct store_etcd_watch *watch,
                                  const struct etcd_wire_event *event)
{
    struct store_etcd *store = (struct store_etcd *) watch->base.store;
    const struct store_kv kv = store_etcd_kv(store, &event->kv);

    if (kv.key)
        watch->ops->event(watch->userdata, &kv, event->deleted);
}

static void store_etcd_hand_out(struct store_etcd_watch *watch,
                                const struct etcd_wire_watch_answer *answer)
{
    size_t i;

    watch->handing = true;
    if (answer->created && !watch->opened) {
        watch->opened = true;
        watch->ops->opened(watch->userdata, answer->revision);
    }
    for (i = 0; i < answer->n && !watch->unwatched; i++)
        store_etcd_hand_event(watch, &answer->events[i]);
    watch->handing = false;
    if (watch->unwatched)
        store_etcd_free_watch(watch);
}

static void store_etcd_on_line(void *userdata, const json_t *line)
{
    struct store_etcd_watch *watch = userdata;
    struct etcd_wire_watch_answer answer;
    struct error err = {""};
    int r = etcd_wire_decode_watch(line, &answer, &err);

    if (r < 0) {
        store_etcd_lose(watch, r, &err);
        return;
    }
    if (answer.canceled)
        store_etcd_canceled(watch, &answer);
    else
        store_etcd_hand_out(watch, &answer);
    etcd_wire_watch_done(&answer);
}

static void store_etcd_on_end(void *userdata, const json_t *answer, int r,
                              const struct error *err)
{
    struct store_etcd_watch *watch = userdata;

    (void) answer;
    watch->stream = NULL;
    store_etcd_lose(watch, r, err);
}

/* --------------------------------------------------------------------- open */

static void store_etcd_open_stream(struct store_etcd_watch *watch)
{
    static const struct etcd_ops ops = {store_etcd_on_line, store_etcd_on_end};
    struct store_etcd *store = (struct store_etcd *) watch->base.store;
    cleanup_buf struct buf body = BUF_INIT;

    etcd_wire_watch_request(&body, watch->first, watch->end,
                            watch->from_revision);
    watch->stream =
        etcd_post(store->etcd, ETCD_WIRE_WATCH_PATH, &body, &ops, watch);
}

struct store_watch *store_etcd_watch(struct store *base,
                                     struct store_watch_spec spec)
{
    struct store_etcd *store = (struct store_etcd *) base;
    struct store_etcd_watch *watch = xcalloc(1, sizeof(*watch));

    watch->base.store = base;
    watch->first = store_etcd_key(store, spec.first);
    watch->end = spec.end ? store_etcd_key(store, spec.end) : NULL;
    watch->from_revision = spec.from_revision;
    watch->ops = spec.ops;
    watch->userdata = spec.userdata;
    watch->next = store->watches;
    store->watches = watch;
    store_etcd_open_stream(watch);
    return &watch->base;
}
