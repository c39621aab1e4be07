/* SPDX-License-Identifier: ISC */
/*
 * Answers of etcd's v3 JSON gateway. An absent field is zero, and every 64-bit
 * number is a string. Decoding is strict: anything unexpected is an error,
 * never a guess, because a guess could begin a turn.
 */
#include "etcd_wire.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "base64.h"

#include <errno.h>

static int etcd_wire_bad(const char *field, struct error *err)
{
    return error_set(err, -EPROTO, "etcd: field \"%s\" is malformed", field);
}

static int etcd_wire_get_number(const json_t *object, const char *field,
                                int64_t *out, struct error *err)
{
    const json_t *value = json_object_get(object, field);
    const char *text;
    char *end;

    if (!value || json_is_null(value)) {
        *out = 0;
        return 0;
    }
    if (json_is_integer(value)) {
        *out = json_integer_value(value);
        return 0;
    }
    text = json_string_value(value);
    if (!text || (*text != '-' && (*text < '0' || *text > '9')))
        return etcd_wire_bad(field, err);
    errno = 0;
    *out = strtoll(text, &end, 10);
    if (errno != 0 || *end != '\0' || end == text)
        return etcd_wire_bad(field, err);
    return 0;
}

static int etcd_wire_get_flag(const json_t *object, const char *field,
                              bool *out, struct error *err)
{
    const json_t *value = json_object_get(object, field);

    if (value && !json_is_boolean(value) && !json_is_null(value))
        return etcd_wire_bad(field, err);
    *out = json_is_true(value);
    return 0;
}

static int etcd_wire_get_bytes(const json_t *object, const char *field,
                               char **out, size_t *size, struct error *err)
{
    const json_t *value = json_object_get(object, field);

    if (!value || json_is_null(value)) {
        *out = xstrdup("");
        *size = 0;
        return 0;
    }
    if (!json_is_string(value) ||
        base64_decode(json_string_value(value), json_string_length(value), out,
                      size) < 0)
        return etcd_wire_bad(field, err);
    return 0;
}

/* An absent array is an empty one. */
static int etcd_wire_get_list(const json_t *object, const char *field,
                              const json_t **out, struct error *err)
{
    const json_t *value = json_object_get(object, field);

    if (value && !json_is_array(value) && !json_is_null(value))
        return etcd_wire_bad(field, err);
    *out = value;
    return 0;
}

static int etcd_wire_get_revision(const json_t *answer, int64_t *out,
                                  struct error *err)
{
    return etcd_wire_get_number(json_object_get(answer, "header"), "revision",
                                out, err);
}

static void etcd_wire_kv_done(struct etcd_wire_kv *kv)
{
    free(kv->key);
    free(kv->value);
}

/* kv is zeroed; the caller frees it, also on failure. */
static int etcd_wire_decode_kv(const json_t *object, struct etcd_wire_kv *kv,
                               struct error *err)
{
    int r;

    if (!json_is_object(object))
        return etcd_wire_bad("kv", err);
    r = etcd_wire_get_bytes(object, "key", &kv->key, &kv->key_size, err);
    if (r == 0)
        r = etcd_wire_get_bytes(object, "value", &kv->value, &kv->value_size,
                                err);
    if (r == 0)
        r = etcd_wire_get_number(object, "create_revision",
                                 &kv->create_revision, err);
    if (r == 0)
        r = etcd_wire_get_number(object, "mod_revision", &kv->mod_revision,
                                 err);
    if (r == 0)
        r = etcd_wire_get_number(object, "lease", &kv->lease, err);
    if (r == 0 && (kv->key_size == 0 || kv->mod_revision <= 0))
        return etcd_wire_bad("kv", err);
    return r;
}

void etcd_wire_range_done(struct etcd_wire_range_answer *range)
{
    size_t i;

    for (i = 0; i < range->n; i++)
        etcd_wire_kv_done(&range->kvs[i]);
    free(range->kvs);
    *range = (struct etcd_wire_range_answer){0};
}

static int etcd_wire_decode_kvs(const json_t *list,
                                struct etcd_wire_range_answer *range,
                                struct error *err)
{
    size_t size = json_array_size(list);
    int r = 0;

    range->kvs = size ? xcalloc(size, sizeof(*range->kvs)) : NULL;
    while (r == 0 && range->n < size) {
        const json_t *object = json_array_get(list, range->n);

        r = etcd_wire_decode_kv(object, &range->kvs[range->n], err);
        range->n++;
    }
    return r;
}

int etcd_wire_decode_range(const json_t *answer,
                           struct etcd_wire_range_answer *out,
                           struct error *err)
{
    struct etcd_wire_range_answer range = {0};
    const json_t *list = NULL;
    int r;

    if (!json_is_object(answer))
        return etcd_wire_bad("range", err);
    r = etcd_wire_get_revision(answer, &range.revision, err);
    if (r == 0)
        r = etcd_wire_get_number(answer, "count", &range.count, err);
    if (r == 0)
        r = etcd_wire_get_flag(answer, "more", &range.more, err);
    if (r == 0)
        r = etcd_wire_get_list(answer, "kvs", &list, err);
    if (r == 0)
        r = etcd_wire_decode_kvs(list, &range, err);
    if (r == 0)
        *out = range;
    else
        etcd_wire_range_done(&range);
    return r;
}

void etcd_wire_txn_done(struct etcd_wire_txn_answer *txn)
{
    size_t i;

    for (i = 0; i < txn->n_ranges; i++)
        etcd_wire_range_done(&txn->ranges[i]);
    free(txn->ranges);
    *txn = (struct etcd_wire_txn_answer){0};
}

static int etcd_wire_decode_responses(const json_t *list,
                                      struct etcd_wire_txn_answer *txn,
                                      struct error *err)
{
    size_t size = json_array_size(list), i;
    int r;

    txn->ranges = size ? xcalloc(size, sizeof(*txn->ranges)) : NULL;
    for (i = 0; i < size; i++) {
        const json_t *response = json_array_get(list, i);
        const json_t *range = json_object_get(response, "response_range");

        if (!json_is_object(response))
            return etcd_wire_bad("responses", err);
        if (!range)
            continue;
        r = etcd_wire_decode_range(range, &txn->ranges[txn->n_ranges], err);
        if (r < 0)
            return r;
        txn->n_ranges++;
    }
    return 0;
}

int etcd_wire_decode_txn(const json_t *answer, struct etcd_wire_txn_answer *out,
                         struct error *err)
{
    struct etcd_wire_txn_answer txn = {0};
    const json_t *list = NULL;
    int r;

    r = etcd_wire_get_revision(answer, &txn.revision, err);
    if (r == 0 && txn.revision <= 0)
        return etcd_wire_bad("header", err);
    if (r == 0)
        r = etcd_wire_get_flag(answer, "succeeded", &txn.succeeded, err);
    if (r == 0)
        r = etcd_wire_get_list(answer, "responses", &list, err);
    if (r == 0)
        r = etcd_wire_decode_responses(list, &txn, err);
    if (r == 0)
        *out = txn;
    else
        etcd_wire_txn_done(&txn);
    return r;
}

int etcd_wire_decode_lease(const json_t *answer,
                           struct etcd_wire_lease_answer *out,
                           struct error *err)
{
    const json_t *result = json_object_get(answer, "result");
    const json_t *lease = result ? result : answer;
    struct etcd_wire_lease_answer decoded = {0};
    int r;

    if (!json_is_object(lease) || !json_object_get(lease, "header"))
        return etcd_wire_bad("header", err);
    r = etcd_wire_get_revision(lease, &decoded.revision, err);
    if (r == 0)
        r = etcd_wire_get_number(lease, "ID", &decoded.id, err);
    if (r == 0)
        r = etcd_wire_get_number(lease, "TTL", &decoded.ttl_s, err);
    if (r == 0)
        *out = decoded;
    return r;
}

int etcd_wire_decode_token(const json_t *answer, char **token,
                           struct error *err)
{
    const char *text = json_string_value(json_object_get(answer, "token"));
    const char *c;

    if (!text || !*text || strlen(text) > 8192)
        return etcd_wire_bad("token", err);
    for (c = text; *c; c++)
        if (*c <= ' ' || *c > '~')
            return etcd_wire_bad("token", err);
    *token = xstrdup(text);
    return 0;
}

void etcd_wire_watch_done(struct etcd_wire_watch_answer *watch)
{
    size_t i;

    for (i = 0; i < watch->n; i++)
        etcd_wire_kv_done(&watch->events[i].kv);
    free(watch->events);
    free(watch->cancel_reason);
    *watch = (struct etcd_wire_watch_answer){0};
}

static int etcd_wire_decode_events(const json_t *list,
                                   struct etcd_wire_watch_answer *watch,
                                   struct error *err)
{
    size_t size = json_array_size(list);
    int r = 0;

    watch->events = size ? xcalloc(size, sizeof(*watch->events)) : NULL;
    while (r == 0 && watch->n < size) {
        const json_t *object = json_array_get(list, watch->n);
        const char *type = json_string_or(object, "type", "PUT");
        struct etcd_wire_event *event = &watch->events[watch->n++];

        event->deleted = streq(type, "DELETE");
        if (!event->deleted && !streq(type, "PUT"))
            return etcd_wire_bad("type", err);
        r = etcd_wire_decode_kv(json_object_get(object, "kv"), &event->kv, err);
    }
    return r;
}

int etcd_wire_decode_watch(const json_t *line,
                           struct etcd_wire_watch_answer *out,
                           struct error *err)
{
    const json_t *result = json_object_get(line, "result");
    struct etcd_wire_watch_answer watch = {0};
    const json_t *list = NULL;
    int r;

    if (!json_is_object(result))
        return etcd_wire_bad("result", err);
    r = etcd_wire_get_revision(result, &watch.revision, err);
    if (r == 0)
        r = etcd_wire_get_flag(result, "created", &watch.created, err);
    if (r == 0)
        r = etcd_wire_get_flag(result, "canceled", &watch.canceled, err);
    if (r == 0)
        r = etcd_wire_get_number(result, "compact_revision",
                                 &watch.compact_revision, err);
    if (r == 0)
        r = etcd_wire_get_list(result, "events", &list, err);
    if (r == 0)
        r = etcd_wire_decode_events(list, &watch, err);
    watch.cancel_reason = xstrdup(json_string_or(result, "cancel_reason", ""));
    if (r == 0)
        *out = watch;
    else
        etcd_wire_watch_done(&watch);
    return r;
}
