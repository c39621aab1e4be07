/* SPDX-License-Identifier: ISC */
#include "rollout_store.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "store/store_backend.h"

#include <errno.h>

struct fuzz_call {
    struct store_call base;
    struct fuzz_call *next;
    struct txn *txn; /* NULL: a lease */
    enum store_lease_op op;
    int64_t number;
    store_reply_fn reply_fn;
    store_lease_fn lease_fn;
    void *userdata;
};

struct fuzz_watch {
    struct store_watch base;
    struct fuzz_watch *next;
    struct store_watch_spec spec;
    char *first;
    bool opened;
};

static struct fuzz_call *calls;     /* oldest first */
static struct fuzz_watch *watches;  /* newest first */
static int64_t revision;            /* of the store */
static char *last_key, *last_value; /* that were put */
static int64_t last_put;            /* at which revision */
bool rollout_store_in_turn;

static bool has_condition(const struct txn *txn, enum txn_condition_kind kind,
                          const char *key)
{
    size_t i;

    for (i = 0; i < txn->n_conditions; i++)
        if (txn->conditions[i].kind == kind &&
            strncmp(txn->conditions[i].key, key, strlen(key)) == 0)
            return true;
    return false;
}

/* The rules that every transaction keeps, whatever we have been told. */
static void check_txn(const struct txn *txn)
{
    size_t i;

    fuzz_check(txn_check(txn, NULL) == 0);
    for (i = 0; i < txn->branches[0].n; i++) {
        const struct txn_op *op = &txn->branches[0].ops[i];
        json_auto_t *value = NULL;

        if (op->kind == TXN_PUT)
            fuzz_check(!strchr(op->value, '\n') &&
                       json_parse(op->value, strlen(op->value), 1 << 20, &value,
                                  NULL) == 0 &&
                       json_is_object(value));
        if (op->kind > TXN_DELETE)
            continue;
        if (streq(op->key, "flag"))
            fuzz_check(has_condition(txn, TXN_MODIFIED, "flag"));
        if (streq(op->key, "applying/web1") && op->kind == TXN_PUT)
            fuzz_check(has_condition(txn, TXN_NONE_BELOW, "applying/") &&
                       has_condition(txn, TXN_CREATED, "lock/") &&
                       has_condition(txn, TXN_MODIFIED, "flag"));
        else if (strncmp(op->key, "applying/", 9) == 0)
            fuzz_check(has_condition(txn, TXN_MODIFIED, "applying/web1"));
    }
}

static struct fuzz_call *new_call(void *userdata)
{
    struct fuzz_call *call = xcalloc(1, sizeof(*call)), **at = &calls;

    call->userdata = userdata;
    while (*at)
        at = &(*at)->next;
    *at = call;
    return call;
}

static void drop_call(struct fuzz_call *call)
{
    struct fuzz_call **at = &calls;

    while (*at != call)
        at = &(*at)->next;
    *at = call->next;
    txn_free(call->txn);
    free(call);
}

static struct store_call *fuzz_commit(struct store *store, struct txn *txn,
                                      store_reply_fn fn, void *userdata)
{
    struct fuzz_call *call = new_call(userdata);

    check_txn(txn);
    call->base.store = store;
    call->txn = txn;
    call->reply_fn = fn;
    return &call->base;
}

static struct store_call *fuzz_lease(struct store *store,
                                     enum store_lease_op op, int64_t number,
                                     store_lease_fn fn, void *userdata)
{
    struct fuzz_call *call = new_call(userdata);

    call->base.store = store;
    call->op = op;
    call->number = number;
    call->lease_fn = fn;
    return &call->base;
}

static void fuzz_cancel(struct store_call *call)
{
    drop_call((struct fuzz_call *) call);
}

static struct store_watch *fuzz_watch(struct store *store,
                                      struct store_watch_spec spec)
{
    struct fuzz_watch *watch = xcalloc(1, sizeof(*watch));

    *watch =
        (struct fuzz_watch){.base = {store}, .next = watches, .spec = spec};
    watch->first = xstrdup(spec.first);
    watches = watch;
    return &watch->base;
}

static void fuzz_unwatch(struct store_watch *base)
{
    struct fuzz_watch **at = &watches, *watch = (struct fuzz_watch *) base;

    while (*at != watch)
        at = &(*at)->next;
    *at = watch->next;
    free(watch->first);
    free(watch);
}

static const char *fuzz_where(const struct store *store)
{
    (void) store;
    return "nowhere";
}

static const struct store_ops store_ops = {.commit = fuzz_commit,
                                           .lease = fuzz_lease,
                                           .cancel = fuzz_cancel,
                                           .watch = fuzz_watch,
                                           .unwatch = fuzz_unwatch,
                                           .where = fuzz_where};

/* A line "Xname value": X is "=" for the key and value put last, as they were
 * put, or makes the revisions. The name counts below a prefix only. */
static bool take_kv(const struct txn_op *op, struct fuzz_input *values,
                    struct store_kv *kv)
{
    size_t size;
    cleanup_free char *line = fuzz_cut(values, '\n', &size), *name = NULL;
    struct fuzz_input rest = {line, size};
    uint8_t how = fuzz_byte(&rest);

    if (how == '.' || size == 0)
        return false;
    name = fuzz_cut(&rest, ' ', NULL);
    kv->create_revision = 1 + how % 16;
    kv->mod_revision = kv->create_revision + how / 16;
    kv->lease = how % 4 ? 0 : 77;
    kv->key = op->kind == TXN_GET
                  ? xstrdup(op->key)
                  : xasprintf("%s%s", op->key, *name ? name : "x");
    kv->value = fuzz_cut(&rest, '\n', &kv->value_size);
    if (how != '=' || !last_key ||
        (op->kind == TXN_GET ? !streq(last_key, op->key)
                             : !after_prefix(last_key, op->key)))
        return true;
    free((char *) kv->key);
    free((char *) kv->value);
    kv->key = xstrdup(last_key);
    kv->value = xstrdup(last_value);
    kv->value_size = strlen(last_value);
    kv->create_revision = kv->mod_revision = last_put;
    return true;
}

static void take_range(const struct txn_op *op, struct fuzz_input *values,
                       struct store_range *range)
{
    struct store_kv *kvs = xcalloc(4, sizeof(*kvs));
    size_t most = op->kind == TXN_GET ? 1 : 4;

    if (op->how.limit > 0 && (size_t) op->how.limit < most)
        most = (size_t) op->how.limit;
    range->kvs = kvs;
    while (range->n < most && take_kv(op, values, &kvs[range->n]))
        range->n++;
    range->count = (int64_t) range->n;
}

static void note_answer(const struct txn *txn, const struct store_reply *reply)
{
    const struct txn_branch *branch = &txn->branches[0];
    size_t i, k;

    for (i = 0; i < branch->n && reply->succeeded; i++) {
        const struct txn_op *op = &branch->ops[i];

        if (streq(op->key, "applying/web1") && op->kind <= TXN_DELETE)
            rollout_store_in_turn = op->kind == TXN_PUT;
    }
    for (i = 0; i < branch->n; i++) {
        if (branch->ops[i].kind != TXN_PUT)
            continue;
        free(last_key);
        free(last_value);
        last_key = xstrdup(branch->ops[i].key);
        last_value = xstrdup(branch->ops[i].value);
        last_put = revision;
    }
    /* Ours, from a try whose answer was lost. */
    for (i = 0; i < reply->n_ranges && !reply->succeeded; i++)
        for (k = 0; k < reply->ranges[i].n; k++)
            if (streq(reply->ranges[i].kvs[k].key, "applying/web1"))
                rollout_store_in_turn = true;
}

/* "as" carried out, "af" refused, else it failed. */
void rollout_store_answer(struct fuzz_input *rest)
{
    static const int codes[] = {-EAGAIN, -ENOENT, -EINVAL, -EPERM, -ECONNRESET};
    struct store_range ranges[32] = {{0}};
    struct store_reply reply = {.ranges = ranges};
    struct fuzz_call *call = calls, copy;
    uint8_t how = fuzz_byte(rest);
    struct error err = {"no leader"};
    const struct txn_branch *branch;
    size_t i, k;

    while (call && !call->txn)
        call = call->next;
    if (!call)
        return;
    copy = *call;
    call->txn = NULL;
    drop_call(call);
    revision += 1 + how % 2;
    reply.succeeded = how == 's';
    reply.revision = revision;
    branch = &copy.txn->branches[!reply.succeeded];
    for (i = 0; i < branch->n && reply.n_ranges < 32; i++)
        if (branch->ops[i].kind >= TXN_GET)
            take_range(&branch->ops[i], rest, &ranges[reply.n_ranges++]);
    if (how == 's' || how == 'f') {
        fuzz_check(txn_check_reply(copy.txn, &reply, NULL) == 0);
        note_answer(copy.txn, &reply);
        copy.reply_fn(copy.userdata, &reply, 0, &err);
    } else {
        copy.reply_fn(copy.userdata, NULL, codes[how % ARRAY_SIZE(codes)],
                      &err);
    }
    for (i = 0; i < reply.n_ranges; i++) {
        for (k = 0; k < 4; k++) {
            free((char *) ranges[i].kvs[k].key);
            free((char *) ranges[i].kvs[k].value);
        }
        free((void *) ranges[i].kvs);
    }
    txn_free(copy.txn);
}

/* "lNr": the oldest lease call is answered with a life of N s; or, if r is
 * not "0", it failed. */
void rollout_store_lease(struct fuzz_input *rest)
{
    static const int codes[] = {0, -EAGAIN, -ENOENT, -EINVAL, -EPERM};
    struct fuzz_call *call = calls, copy;
    struct error err = {"no leader"};
    int64_t ttl_s = fuzz_byte(rest) % 16;
    int r = codes[fuzz_byte(rest) % 16 % ARRAY_SIZE(codes)];

    while (call && call->txn)
        call = call->next;
    if (!call)
        return;
    copy = *call;
    drop_call(call);
    /* store_etcd.c takes no grant without a life. */
    if (copy.op == STORE_LEASE_GRANT && ttl_s == 0)
        r = -EPROTO;
    copy.lease_fn(copy.userdata,
                  copy.op == STORE_LEASE_GRANT ? 77 : copy.number, ttl_s,
                  revision, r, &err);
}

/* "w": the newest watch is in place; "wKEY VALUE": something was put there,
 * "w-KEY" it was deleted; "w!" it is lost. */
void rollout_store_watch(struct fuzz_input *rest)
{
    struct fuzz_watch *watch = watches;
    struct error err = {"compacted"};
    cleanup_free char *key = NULL, *value = NULL;
    struct store_kv kv = {.lease = 0};
    bool deleted;

    if (!watch)
        return;
    if (!watch->opened) {
        watch->opened = true;
        watch->spec.ops->opened(watch->spec.userdata, revision);
        return;
    }
    deleted = rest->left > 0 && *rest->next == '-';
    if (rest->left > 0 && *rest->next == '!') {
        struct store_watch_spec spec = watch->spec;

        fuzz_unwatch(&watch->base);
        spec.ops->lost(spec.userdata, rest->left % 2 ? -ESTALE : -ECONNRESET,
                       &err);
        return;
    }
    if (deleted)
        fuzz_byte(rest);
    key = fuzz_cut(rest, ' ', NULL);
    value = deleted ? xstrdup("") : fuzz_cut(rest, '\f', &kv.value_size);
    kv.key = key;
    kv.value = value;
    kv.create_revision = kv.mod_revision = ++revision;
    if (*key)
        watch->spec.ops->event(watch->spec.userdata, &kv, deleted);
}

/* There is no other store. */
int store_etcd_open(struct loop *loop, const struct config *config,
                    struct store **out, struct error *err)
{
    (void) loop, (void) config, (void) out;
    return error_set(err, -ENOSYS, "no store");
}

int store_local_open(struct loop *loop, const struct config *config,
                     struct store **out, struct error *err)
{
    return store_etcd_open(loop, config, out, err);
}

struct store *rollout_store_begin(void)
{
    static struct store store = {&store_ops};

    fuzz_check(!calls && !watches);
    revision = 20;
    rollout_store_in_turn = false;
    return &store;
}

/* What is left are calls that nobody waits for. */
void rollout_store_end(void)
{
    struct error err = {"the end"};

    while (watches)
        fuzz_unwatch(&watches->base);
    while (calls) {
        struct fuzz_call copy = *calls;

        calls->txn = NULL;
        drop_call(calls);
        if (copy.txn)
            txn_free(copy.txn);
        else
            copy.lease_fn(copy.userdata, 0, 0, 0, -ECANCELED, &err);
    }
    free(last_key);
    free(last_value);
    last_key = last_value = NULL;
}
