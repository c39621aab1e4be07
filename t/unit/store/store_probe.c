/* SPDX-License-Identifier: ISC */
/* A store, driven from a test. */
#include "store_probe.h"

#include "base/clock.h"
#include "base/util.h"

#include <inttypes.h>

void probe_init(struct probe *probe, const struct config *config)
{
    struct error err;

    *probe = (struct probe){0};
    probe->loop = loop_new();
    if (store_open(probe->loop, config, &probe->store, &err) < 0)
        fail_msg("%s", err.text);
}

void probe_done(struct probe *probe)
{
    store_free(probe->store);
    loop_free(probe->loop);
    buf_done(&probe->ranges);
    buf_done(&probe->seen);
}

void probe_step(struct probe *probe)
{
    assert_int_equal(loop_step(probe->loop, 100), 0);
    probe->passes++;
}

void probe_until(struct probe *probe, const char *text)
{
    int64_t deadline = clock_ms() + PROBE_DEADLINE_MS;

    while (!strstr(buf_text(&probe->seen), text)) {
        if (clock_ms() > deadline)
            fail_msg("\"%s\" did not come, but: %s", text,
                     buf_text(&probe->seen));
        probe_step(probe);
    }
}

static int probe_wait(struct probe *probe)
{
    int64_t deadline = clock_ms() + PROBE_DEADLINE_MS;

    while (!probe->answered) {
        if (clock_ms() > deadline)
            fail_msg("no answer");
        probe_step(probe);
    }
    return probe->r;
}

static void probe_add_range(struct probe *probe,
                            const struct store_range *range)
{
    size_t i;

    for (i = 0; i < range->n; i++) {
        const struct store_kv *kv = &range->kvs[i];

        buf_printf(&probe->ranges, "%s=%s ", kv->key, kv->value);
        assert_int_equal(strlen(kv->value), kv->value_size);
        probe->create_revision = kv->create_revision;
        probe->mod_revision = kv->mod_revision;
        probe->key_lease = kv->lease;
    }
    probe->count = range->count;
    buf_puts(&probe->ranges, "| ");
}

void probe_on_reply(void *userdata, const struct store_reply *reply, int r,
                    const struct error *err)
{
    struct probe *probe = userdata;
    size_t i;

    assert_false(probe->answered);
    probe->answered = true;
    probe->r = r;
    snprintf(probe->error, sizeof(probe->error), "%s", r < 0 ? err->text : "");
    buf_clear(&probe->ranges);
    if (r < 0) {
        assert_null(reply);
        return;
    }
    probe->succeeded = reply->succeeded;
    probe->revision = reply->revision;
    for (i = 0; i < reply->n_ranges; i++)
        probe_add_range(probe, &reply->ranges[i]);
}

int probe_commit(struct probe *probe, struct txn *txn)
{
    probe->answered = false;
    store_commit(probe->store, txn, probe_on_reply, probe);
    assert_false(probe->answered);
    return probe_wait(probe);
}

int probe_put(struct probe *probe, const char *key, const char *value)
{
    struct txn *txn = txn_new();

    txn_put(txn, key, value, 0);
    return probe_commit(probe, txn);
}

int probe_delete(struct probe *probe, const char *key)
{
    struct txn *txn = txn_new();

    txn_delete(txn, key);
    return probe_commit(probe, txn);
}

const char *probe_get(struct probe *probe, const char *key)
{
    struct txn *txn = txn_new();
    char *end;

    txn_get(txn, key);
    assert_int_equal(probe_commit(probe, txn), 0);
    if (probe->count == 0)
        return "";
    end = strrchr(probe->ranges.data, '|');
    end[-1] = '\0';
    return strchr(probe->ranges.data, '=') + 1;
}

const char *probe_below(struct probe *probe, const char *prefix,
                        const struct txn_range *how)
{
    struct txn *txn = txn_new();

    txn_get_below(txn, prefix, how);
    assert_int_equal(probe_commit(probe, txn), 0);
    return buf_text(&probe->ranges);
}

/* ------------------------------------------------------------------- leases */

static void probe_on_lease(void *userdata, int64_t lease, int64_t ttl_s,
                           int64_t revision, int r, const struct error *err)
{
    struct probe *probe = userdata;

    assert_false(probe->answered);
    probe->answered = true;
    probe->r = r;
    probe->lease = lease;
    probe->ttl_s = ttl_s;
    probe->revision = revision;
    snprintf(probe->error, sizeof(probe->error), "%s", r < 0 ? err->text : "");
}

int probe_grant(struct probe *probe, int64_t ttl_s)
{
    probe->answered = false;
    store_lease_grant(probe->store, ttl_s, probe_on_lease, probe);
    return probe_wait(probe);
}

int probe_keep(struct probe *probe, int64_t lease)
{
    probe->answered = false;
    store_lease_keep(probe->store, lease, probe_on_lease, probe);
    return probe_wait(probe);
}

int probe_revoke(struct probe *probe, int64_t lease)
{
    probe->answered = false;
    store_lease_revoke(probe->store, lease, probe_on_lease, probe);
    return probe_wait(probe);
}

/* ------------------------------------------------------------------ watches */

static void probe_on_opened(void *userdata, int64_t revision)
{
    struct probe *probe = userdata;

    probe->seen_revision = revision;
    buf_puts(&probe->seen, "opened ");
}

static void probe_on_event(void *userdata, const struct store_kv *kv,
                           bool deleted)
{
    struct probe *probe = userdata;

    assert_true(kv->mod_revision >= probe->seen_revision || !probe->seen.size ||
                !strstr(probe->seen.data, "put"));
    probe->seen_revision = kv->mod_revision;
    if (deleted)
        buf_printf(&probe->seen, "del %s ", kv->key);
    else
        buf_printf(&probe->seen, "put %s=%s ", kv->key, kv->value);
}

static void probe_on_lost(void *userdata, int r, const struct error *err)
{
    struct probe *probe = userdata;

    assert_true(r < 0);
    buf_printf(&probe->seen, "lost %s ", strerrorname_np(-r));
    snprintf(probe->error, sizeof(probe->error), "%s", err->text);
}

const struct store_watch_ops probe_watch_ops = {probe_on_opened, probe_on_event,
                                                probe_on_lost};

struct store_watch *probe_watch(struct probe *probe, const char *first,
                                const char *end, int64_t from_revision)
{
    return store_watch(probe->store, first, end, from_revision,
                       &probe_watch_ops, probe);
}
