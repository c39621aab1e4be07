/* SPDX-License-Identifier: ISC */
/*
 * The node's presence: lease and alive/<node>.
 *
 * A daemon that was killed leaves its alive key behind until the lease lapses.
 * Its successor need not wait for that: the same machine, boot and place prove
 * that the older one is dead (machine.h). So the key is taken over and the old
 * lease revoked, which also removes the old place in the queue. We are up only
 * after that is answered, because until then a request of the older daemon to
 * begin a turn could still succeed.
 */
#include "rollout/session.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/util.h"

#include <assert.h>
#include <errno.h>

#define RETRY_FIRST_MS 250
#define RETRY_MAX_MS 15000
#define ALIVE_BYTES_MAX 4096
/* etcd keeps a lease for anybody, so that only another request finds out that
 * authentication was switched on. */
#define UNCHECKED_MAX 5

static void session_grant(struct session *session);
static void session_claim(struct session *session, int64_t replaces,
                          store_reply_fn fn);
static void session_claimed(void *userdata, const struct store_reply *reply,
                            int r, const struct error *err);

static char *session_key(const struct session *session)
{
    return xasprintf("alive/%s", session->node);
}

static char *session_value(const struct session *session)
{
    char stamp[CLOCK_STAMP_SIZE];
    json_auto_t *json = NULL;

    clock_stamp(stamp);
    json =
        json_pack("{s:s, s:I}", "since", stamp, "pid", (json_int_t) getpid());
    machine_sign(session->machine, json);
    return json_line(json);
}

/* The session is lost; a new one is set up at once. */
static void session_lose(struct session *session, const char *why)
{
    bool was_up = session->up;

    store_cancel(session->check);
    session->check = NULL;
    session->up = false;
    session->lease = 0;
    retry_failed(&session->retry, why);
    if (was_up)
        session->ops->down(session->userdata, why);
}

static void session_establish(struct session *session)
{
    int64_t ttl_ms = session->ttl_s * 1000;

    session->up = true;
    retry_worked(&session->retry);
    retry_at(&session->retry, ttl_ms * 2 / 5);
    session->ops->up(session->userdata, session->lease);
}

/* A live lease does not prove that the key exists: somebody may have removed
 * it, or put another value without a lease. */
static void session_checked(void *userdata, const struct store_reply *reply,
                            int r, const struct error *err)
{
    struct session *session = userdata;

    session->check = NULL;
    free(session->refused);
    session->refused = r == -EPERM ? xstrdup(err->text) : NULL;
    if (session->refused)
        session->ops->trouble(session->userdata, err->text);
    if (r < 0)
        return;
    if (reply->ranges[0].n > 0 &&
        reply->ranges[0].kvs[0].lease == session->lease) {
        session->checked = reply->revision;
        return;
    }
    store_cancel(session->retry.call);
    session->retry.call = NULL;
    session->old_lease = session->lease;
    session_lose(session, "its key below alive/ was removed or overwritten");
}

static void session_check(struct session *session)
{
    cleanup_free char *key = session_key(session);
    struct txn *txn = txn_new();

    session->unchecked = 0;
    txn_get(txn, key);
    session->check =
        store_commit(session->store, txn, session_checked, session);
}

static void session_kept(void *userdata, int64_t lease, int64_t ttl_s,
                         int64_t revision, int r, const struct error *err)
{
    struct session *session = userdata;

    (void) lease;
    session->retry.call = NULL;
    if (r == 0 && ttl_s > 0) {
        session->deadline_ms = session->sent_ms + session->ttl_s * 1000;
        retry_worked(&session->retry);
        retry_at(&session->retry, session->ttl_s * 1000 * 2 / 5);
        session->ops->alive(session->userdata, revision);
        if (!session->check && (revision != session->checked ||
                                ++session->unchecked >= UNCHECKED_MAX))
            session_check(session);
        return;
    }
    if (r == 0 || r == -ENOENT)
        session_lose(session, "the lease has lapsed");
    else if (clock_ms() > session->deadline_ms)
        session_lose(session, err->text);
    else
        retry_failed(&session->retry, err->text);
}

static void session_again(void *userdata)
{
    struct session *session = userdata;

    if (!session->up && session->lease) { /* its claim was not answered */
        session_claim(session, 0, session_claimed);
        return;
    }
    if (!session->up) {
        session_grant(session);
        return;
    }
    session->sent_ms = clock_ms();
    session->retry.call =
        store_lease_keep(session->store, session->lease, session_kept, session);
}

static void session_old_revoked(void *userdata, int64_t lease, int64_t ttl_s,
                                int64_t revision, int r,
                                const struct error *err)
{
    struct session *session = userdata;

    (void) lease, (void) ttl_s, (void) revision;
    session->retry.call = NULL;
    if (r < 0 && r != -ENOENT) {
        retry_failed(&session->retry, err->text);
        return;
    }
    session->old_lease = 0;
    session_establish(session);
}

static void session_revoke_old(struct session *session)
{
    session->retry.call = store_lease_revoke(session->store, session->old_lease,
                                             session_old_revoked, session);
}

static void session_claim(struct session *session, int64_t replaces,
                          store_reply_fn fn)
{
    cleanup_free char *key = session_key(session);
    cleanup_free char *value = session_value(session);
    struct txn *txn = txn_new();

    txn_if_modified(txn, key, replaces);
    txn_put(txn, key, value, session->lease);
    txn_otherwise(txn);
    txn_get(txn, key);
    session->retry.call = store_commit(session->store, txn, fn, session);
}

static void session_claim_done(struct session *session)
{
    if (session->old_lease)
        session_revoke_old(session);
    else
        session_establish(session);
}

/* Somebody holds alive/<node>: ourselves, our dead predecessor, a clone of
 * this machine, or another machine. */
static void session_meet(struct session *session, const struct store_kv *kv);

/* Trying again does not bring a lost lease back. */
static void session_fail_claim(struct session *session, int r,
                               const struct error *err)
{
    if (r == -ENOENT || r == -EINVAL)
        session_lose(session, err->text);
    else
        retry_failed(&session->retry, err->text);
}

static void session_claimed(void *userdata, const struct store_reply *reply,
                            int r, const struct error *err)
{
    struct session *session = userdata;

    session->retry.call = NULL;
    if (r < 0)
        session_fail_claim(session, r, err);
    else if (reply->succeeded)
        session_claim_done(session);
    else if (reply->ranges[0].n == 0)
        session_lose(session, "alive key changed while it was claimed");
    else
        session_meet(session, &reply->ranges[0].kvs[0]);
}

static void session_taken_over(void *userdata, const struct store_reply *reply,
                               int r, const struct error *err)
{
    struct session *session = userdata;

    session->retry.call = NULL;
    if (r < 0)
        session_fail_claim(session, r, err);
    else if (!reply->succeeded)
        session_lose(session, "alive key changed while it was taken over");
    else
        session_claim_done(session);
}

static void session_refuse(struct session *session, const char *since)
{
    cleanup_free char *why =
        xasprintf("another machine is node \"%s\" (or a copy of this one with "
                  "its own state_dir) since %s:  give this one another name "
                  "(node in ccm.conf), or stop that one and wait %lld s",
                  session->node, since, (long long) session->ttl_s);

    session->ops->refused(session->userdata, why);
}

static void session_meet(struct session *session, const struct store_kv *kv)
{
    json_auto_t *other = NULL;
    const char *boot;

    if (kv->lease == session->lease) {
        session_claim_done(session);
        return;
    }
    if (kv->lease == 0) { /* ccm never puts that */
        session_claim(session, kv->mod_revision, session_taken_over);
        return;
    }
    if (json_parse(kv->value, kv->value_size, ALIVE_BYTES_MAX, &other, NULL))
        other = json_object();
    boot = json_string_or(other, "boot", "");
    if (!machine_is_own(session->machine, other)) {
        session_refuse(session, json_string_or(other, "since", "?"));
    } else if (streq(boot, session->machine->boot)) {
        session->old_lease = kv->lease;
        session_claim(session, kv->mod_revision, session_taken_over);
    } else {
        session_lose(session,
                     "this node's presence from before the reboot has not "
                     "lapsed yet (or a clone of this machine is running)");
    }
}

static void session_granted(void *userdata, int64_t lease, int64_t ttl_s,
                            int64_t revision, int r, const struct error *err)
{
    struct session *session = userdata;

    (void) revision, (void) ttl_s;
    session->retry.call = NULL;
    if (r < 0) {
        retry_failed(&session->retry, err->text);
        return;
    }
    session->lease = lease;
    session->deadline_ms = session->sent_ms + session->ttl_s * 1000;
    session_claim(session, 0, session_claimed);
}

static void session_grant(struct session *session)
{
    session->sent_ms = clock_ms();
    session->retry.call = store_lease_grant(session->store, session->ttl_s,
                                            session_granted, session);
}

static void session_trouble(void *userdata, const char *why)
{
    struct session *session = userdata;

    session->ops->trouble(session->userdata, why);
}

void session_lapsed(struct session *session, const char *why)
{
    if (!session->up)
        return;
    store_cancel(session->retry.call);
    session->retry.call = NULL;
    session_lose(session, why);
}

void session_init(struct session *session, struct loop *loop,
                  struct store *store, const char *node,
                  const struct machine *machine)
{
    static const struct retry_ops ops = {session_again, session_trouble};

    *session =
        (struct session){.store = store, .node = node, .machine = machine};
    retry_init(&session->retry, loop, &ops, session,
               (struct backoff){RETRY_FIRST_MS, RETRY_MAX_MS, 0});
}

void session_start(struct session *session, int64_t ttl_s,
                   const struct session_ops *ops, void *userdata)
{
    session->ttl_s = ttl_s;
    session->ops = ops;
    session->userdata = userdata;
    retry_at(&session->retry, 0);
}

struct session_stopping {
    void (*fn)(void *userdata);
    void *userdata;
};

static void session_revoked(void *userdata, int64_t lease, int64_t ttl_s,
                            int64_t revision, int r, const struct error *err)
{
    struct session_stopping stopping = *(struct session_stopping *) userdata;

    (void) lease, (void) ttl_s, (void) revision, (void) r, (void) err;
    free(userdata);
    stopping.fn(stopping.userdata);
}

void session_stop(struct session *session, void (*fn)(void *userdata),
                  void *userdata)
{
    struct session_stopping *stopping = xmalloc(sizeof(*stopping));

    *stopping = (struct session_stopping){.fn = fn, .userdata = userdata};
    retry_stop(&session->retry);
    store_cancel(session->check);
    session->check = NULL;
    session->up = false;
    store_lease_revoke(session->store, session->lease, session_revoked,
                       stopping);
    session->lease = 0;
}

void session_done(struct session *session)
{
    retry_done(&session->retry);
    store_cancel(session->check);
    session->check = NULL;
    free(session->refused);
}
