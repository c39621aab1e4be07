/* SPDX-License-Identifier: ISC */
/*
 * Requests to etcd's v3 JSON gateway. They are written as text. Everything but
 * our own numbers is base64, so nothing needs escaping, except names and
 * passwords, which go through jansson. 64-bit numbers are JSON strings, as
 * protobuf's JSON mapping requires. For answers, see etcd_wire_decode.c.
 */
#include "etcd_wire.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "base64.h"

#include <assert.h>
#include <inttypes.h>

char *etcd_wire_prefix_end(const char *prefix)
{
    char *end = xstrdup(prefix);
    size_t size = strlen(end);

    while (size > 0 && (unsigned char) end[size - 1] == 0xff)
        size--;
    assert(size > 0);
    end[size - 1]++;
    end[size] = '\0';
    return end;
}

static void etcd_wire_bytes(struct buf *out, const char *field,
                            const char *bytes, size_t size)
{
    buf_printf(out, "\"%s\":\"", field);
    base64_encode(out, bytes, size);
    buf_putc(out, '"');
}

static void etcd_wire_text(struct buf *out, const char *field, const char *text)
{
    etcd_wire_bytes(out, field, text, strlen(text));
}

/* With the comma in front; absent means zero. */
static void etcd_wire_number(struct buf *out, const char *field, int64_t number)
{
    if (number != 0)
        buf_printf(out, ",\"%s\":\"%" PRId64 "\"", field, number);
}

static void etcd_wire_order_fields(struct buf *out,
                                   const struct etcd_wire_range *range)
{
    static const char *const targets[] = {"KEY", "CREATE", "MOD"};

    if (range->order == ETCD_WIRE_BY_KEY && !range->descending)
        return;
    buf_printf(out, ",\"sort_target\":\"%s\",\"sort_order\":\"%s\"",
               targets[range->order], range->descending ? "DESCEND" : "ASCEND");
}

/* The smallest key after key: key and a NUL. */
static void etcd_wire_after(struct buf *out, const char *key, size_t size)
{
    cleanup_free char *next = xmalloc(size + 1);

    memcpy(next, key, size);
    next[size] = '\0';
    etcd_wire_bytes(out, "key", next, size + 1);
}

void etcd_wire_range_request(struct buf *out,
                             const struct etcd_wire_range *range)
{
    size_t size = range->key_size ? range->key_size : strlen(range->key);

    buf_putc(out, '{');
    if (range->after_key)
        etcd_wire_after(out, range->key, size);
    else
        etcd_wire_bytes(out, "key", range->key, size);
    if (range->end) {
        buf_putc(out, ',');
        etcd_wire_text(out, "range_end", range->end);
    }
    etcd_wire_number(out, "revision", range->revision);
    etcd_wire_number(out, "limit", range->limit);
    etcd_wire_number(out, "max_create_revision", range->max_create_revision);
    etcd_wire_order_fields(out, range);
    buf_puts(out, range->keys_only ? ",\"keys_only\":true}" : "}");
}

/* The number is written even when it is 0: it selects the member of protobuf's
 * union. */
static void etcd_wire_compare(struct buf *out, const char *target,
                              const char *field, int64_t revision)
{
    buf_printf(out,
               ",\"target\":\"%s\",\"result\":\"EQUAL\",\"%s\":\"%" PRId64 "\"",
               target, field, revision);
}

void etcd_wire_if_created(struct buf *out, const char *key, int64_t revision)
{
    buf_putc(out, '{');
    etcd_wire_text(out, "key", key);
    etcd_wire_compare(out, "CREATE", "create_revision", revision);
    buf_putc(out, '}');
}

void etcd_wire_if_modified(struct buf *out, const char *key, int64_t revision)
{
    buf_putc(out, '{');
    etcd_wire_text(out, "key", key);
    etcd_wire_compare(out, "MOD", "mod_revision", revision);
    buf_putc(out, '}');
}

void etcd_wire_if_none_below(struct buf *out, const char *prefix)
{
    cleanup_free char *end = etcd_wire_prefix_end(prefix);

    /* Over a range, all keys in it must match; a range without keys matches
     * like a key that does not exist. No key has the create revision 0. */
    buf_putc(out, '{');
    etcd_wire_after(out, prefix, strlen(prefix));
    etcd_wire_compare(out, "CREATE", "create_revision", 0);
    buf_putc(out, ',');
    etcd_wire_text(out, "range_end", end);
    buf_putc(out, '}');
}

void etcd_wire_put(struct buf *out, const char *key, const char *value,
                   int64_t lease)
{
    buf_puts(out, "{\"request_put\":{");
    etcd_wire_text(out, "key", key);
    buf_putc(out, ',');
    etcd_wire_text(out, "value", value);
    etcd_wire_number(out, "lease", lease);
    buf_puts(out, "}}");
}

void etcd_wire_delete(struct buf *out, const char *key)
{
    buf_puts(out, "{\"request_delete_range\":{");
    etcd_wire_text(out, "key", key);
    buf_puts(out, "}}");
}

void etcd_wire_get(struct buf *out, const struct etcd_wire_range *range)
{
    buf_puts(out, "{\"request_range\":");
    etcd_wire_range_request(out, range);
    buf_putc(out, '}');
}

void etcd_wire_watch_request(struct buf *out, const char *key, const char *end,
                             int64_t from_revision)
{
    buf_puts(out, "{\"create_request\":{");
    etcd_wire_text(out, "key", key);
    if (end) {
        buf_putc(out, ',');
        etcd_wire_text(out, "range_end", end);
    }
    etcd_wire_number(out, "start_revision", from_revision);
    /* Large answers arrive in parts, so that a line has a limit. */
    buf_puts(out, ",\"fragment\":true}}");
}

void etcd_wire_grant_request(struct buf *out, int64_t ttl_s)
{
    buf_printf(out, "{\"TTL\":\"%" PRId64 "\"}", ttl_s);
}

void etcd_wire_lease_request(struct buf *out, int64_t lease)
{
    buf_printf(out, "{\"ID\":\"%" PRId64 "\"}", lease);
}

void etcd_wire_authenticate_request(struct buf *out, const char *name,
                                    const char *password)
{
    json_auto_t *request = json_object();
    cleanup_free char *line = NULL;

    json_object_set_new(request, "name", json_text(name));
    json_object_set_new(request, "password", json_text(password));
    line = json_line(request);
    buf_puts(out, line);
}
