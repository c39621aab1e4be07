/* SPDX-License-Identifier: ISC */
/* A store, driven from a test. */
#include "store_driver.h"

#include "base/clock.h"
#include "base/util.h"

#include <inttypes.h>

void driver_init(struct store_driver *driver, const struct config *config)
{
    struct error err;

    *driver = (struct store_driver){0};
    driver->loop = loop_new();
    if (store_open(driver->loop, config, &driver->store, &err) < 0)
        fail_msg("%s", err.text);
}

void driver_done(struct store_driver *driver)
{
    store_free(driver->store);
    loop_free(driver->loop);
    buf_done(&driver->ranges);
    buf_done(&driver->seen);
}

void driver_step(struct store_driver *driver)
{
    assert_int_equal(loop_step(driver->loop, 100), 0);
    driver->passes++;
}

void driver_until(struct store_driver *driver, const char *text)
{
    int64_t deadline = clock_ms() + DRIVER_DEADLINE_MS;

    while (!strstr(buf_text(&driver->seen), text)) {
        if (clock_ms() > deadline)
            fail_msg("\"%s\" did not come, but: %s", text,
                     buf_text(&driver->seen));
        driver_step(driver);
    }
}

static int driver_wait(struct store_driver *driver)
{
    int64_t deadline = clock_ms() + DRIVER_DEADLINE_MS;

    while (!driver->answered) {
        if (clock_ms() > deadline)
            fail_msg("no answer");
        driver_step(driver);
    }
    return driver->r;
}

static void driver_add_range(struct store_driver *driver,
                             const struct store_range *range)
{
    size_t i;

    for (i = 0; i < range->n; i++) {
        const struct store_kv *kv = &range->kvs[i];

        buf_printf(&driver->ranges, "%s=%s ", kv->key, kv->value);
        assert_int_equal(strlen(kv->value), kv->value_size);
        driver->create_revision = kv->create_revision;
        driver->mod_revision = kv->mod_revision;
        driver->key_lease = kv->lease;
    }
    driver->count = range->count;
    buf_puts(&driver->ranges, "| ");
}

void driver_on_reply(void *userdata, const struct store_reply *reply, int r,
                     const struct error *err)
{
    struct store_driver *driver = userdata;
    size_t i;

    assert_false(driver->answered);
    driver->answered = true;
    driver->r = r;
    snprintf(driver->error, sizeof(driver->error), "%s",
             r < 0 ? err->text : "");
    buf_clear(&driver->ranges);
    if (r < 0) {
        assert_null(reply);
        return;
    }
    driver->succeeded = reply->succeeded;
    driver->revision = reply->revision;
    for (i = 0; i < reply->n_ranges; i++)
        driver_add_range(driver, &reply->ranges[i]);
}

int driver_commit(struct store_driver *driver, struct txn *txn)
{
    driver->answered = false;
    store_commit(driver->store, txn, driver_on_reply, driver);
    assert_false(driver->answered);
    return driver_wait(driver);
}

int driver_put(struct store_driver *driver, const char *key, const char *value)
{
    struct txn *txn = txn_new();

    txn_put(txn, key, value, 0);
    return driver_commit(driver, txn);
}

int driver_delete(struct store_driver *driver, const char *key)
{
    struct txn *txn = txn_new();

    txn_delete(txn, key);
    return driver_commit(driver, txn);
}

const char *driver_get(struct store_driver *driver, const char *key)
{
    struct txn *txn = txn_new();
    char *end;

    txn_get(txn, key);
    assert_int_equal(driver_commit(driver, txn), 0);
    if (driver->count == 0)
        return "";
    end = strrchr(driver->ranges.data, '|');
    end[-1] = '\0';
    return strchr(driver->ranges.data, '=') + 1;
}

const char *driver_below(struct store_driver *driver, const char *prefix,
                         const struct txn_range *how)
{
    struct txn *txn = txn_new();

    txn_get_below(txn, prefix, how);
    assert_int_equal(driver_commit(driver, txn), 0);
    return buf_text(&driver->ranges);
}

/* ------------------------------------------------------------------- leases */

static void driver_on_lease(void *userdata, int64_t lease, int64_t ttl_s,
                            int64_t revision, int r, const struct error *err)
{
    struct store_driver *driver = userdata;

    assert_false(driver->answered);
    driver->answered = true;
    driver->r = r;
    driver->lease = lease;
    driver->ttl_s = ttl_s;
    driver->revision = revision;
    snprintf(driver->error, sizeof(driver->error), "%s",
             r < 0 ? err->text : "");
}

int driver_grant(struct store_driver *driver, int64_t ttl_s)
{
    driver->answered = false;
    store_lease_grant(driver->store, ttl_s, driver_on_lease, driver);
    return driver_wait(driver);
}

int driver_keep(struct store_driver *driver, int64_t lease)
{
    driver->answered = false;
    store_lease_keep(driver->store, lease, driver_on_lease, driver);
    return driver_wait(driver);
}

int driver_revoke(struct store_driver *driver, int64_t lease)
{
    driver->answered = false;
    store_lease_revoke(driver->store, lease, driver_on_lease, driver);
    return driver_wait(driver);
}

/* ------------------------------------------------------------------ watches */

static void driver_on_opened(void *userdata, int64_t revision)
{
    struct store_driver *driver = userdata;

    driver->seen_revision = revision;
    buf_puts(&driver->seen, "opened ");
}

static void driver_on_event(void *userdata, const struct store_kv *kv,
                            bool deleted)
{
    struct store_driver *driver = userdata;

    assert_true(kv->mod_revision >= driver->seen_revision ||
                !driver->seen.size || !strstr(driver->seen.data, "put"));
    driver->seen_revision = kv->mod_revision;
    if (deleted)
        buf_printf(&driver->seen, "del %s ", kv->key);
    else
        buf_printf(&driver->seen, "put %s=%s ", kv->key, kv->value);
}

static void driver_on_lost(void *userdata, int r, const struct error *err)
{
    struct store_driver *driver = userdata;

    assert_true(r < 0);
    buf_printf(&driver->seen, "lost %s ", strerrorname_np(-r));
    snprintf(driver->error, sizeof(driver->error), "%s", err->text);
}

const struct store_watch_ops driver_watch_ops = {
    driver_on_opened, driver_on_event, driver_on_lost};

struct store_watch *driver_watch(struct store_driver *driver, const char *first,
                                 const char *end, int64_t from_revision)
{
    return store_watch(driver->store, first, end, from_revision,
                       &driver_watch_ops, driver);
}
