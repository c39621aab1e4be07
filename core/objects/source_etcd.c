/* SPDX-License-Identifier: ISC */
/*
 * Objects from etcd: <prefix>/objects/<type>/<id>, over the JSON gateway.
 *
 * The first page's answer is linearizable, so it is not older than the event
 * that caused the run; its header names the revision at which all further
 * pages, of all types, are read. That makes one snapshot, however much is
 * written meanwhile. If that revision is compacted meanwhile, reading starts
 * again.
 */
#include "request.h"
#include "secret.h"
#include "source.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "etcd/etcd_wire.h"

#include <errno.h>

#define KEYS_PER_PAGE 500
/* After this time of silence, the next member is tried. */
#define SILENT_S 4

struct etcd_source {
    const struct config_store *config;
    const struct source_limits *limits;
    struct objects *objects;
    struct request request;
    size_t endpoint;  /* the one that answered last */
    int64_t revision; /* 0 until the first page has been read */
};

static size_t etcd_endpoint_count(const struct config_store *config)
{
    size_t count = 0;

    while (config->endpoints[count])
        count++;
    return count;
}

/* One request to one endpoint. Sets *out, new. */
static int etcd_post_once(struct etcd_source *source, const char *path,
                          const char *body, json_t **out, struct error *err)
{
    const char *endpoint = source->config->endpoints[source->endpoint];
    cleanup_free char *url = xasprintf("%s%s", endpoint, path);
    struct request *request = &source->request;
    json_auto_t *answer = NULL;
    struct error parse_err;
    int r = request_send(request, url, body, err), parsed;

    if (r < 0)
        return error_prefix(err, r, "%s", endpoint);
    parsed = json_parse(buf_text(&request->body), request->body.size,
                        request->body_max, &answer, &parse_err);
    r = etcd_wire_decode_error(answer, request->status, err);
    if (r == 0 && parsed < 0)
        r = error_set(err, parsed, "%s", parse_err.text);
    if (r < 0)
        return error_prefix(err, r, "%s", endpoint);
    *out = STEAL(answer);
    return 0;
}

/* Tries one endpoint after the other until one answers. */
static int etcd_post(struct etcd_source *source, const char *path,
                     const char *body, json_t **out, struct error *err)
{
    size_t count = etcd_endpoint_count(source->config), i;
    int r = error_set(err, -EINVAL, "no endpoints");

    for (i = 0; i < count; i++) {
        r = etcd_post_once(source, path, body, out, err);
        if (r != -EAGAIN && r != -ENOSPC)
            return r;
        source->endpoint = (source->endpoint + 1) % count;
    }
    if (r == -ENOSPC)
        return -EAGAIN;
    return count > 1 ? error_prefix(err, r, "none of %zu endpoints", count) : r;
}

static int etcd_authenticate(struct etcd_source *source, struct error *err)
{
    cleanup_secret char *password = NULL;
    cleanup_secret char *token = NULL;
    cleanup_secret char *body = NULL;
    cleanup_buf struct buf text = BUF_INIT;
    json_auto_t *answer = NULL;
    int r = secret_read(source->config->password_file, &password, err);

    if (r < 0)
        return error_prefix(err, r, "password_file");
    etcd_wire_authenticate_request(&text, source->config->user, password);
    body = buf_take(&text);
    r = etcd_post(source, ETCD_WIRE_AUTHENTICATE_PATH, body, &answer, err);
    if (r == -EOPNOTSUPP) /* authentication is off */
        return 0;
    if (r == 0)
        r = etcd_wire_decode_token(answer, &token, err);
    if (r < 0)
        return error_prefix(err, r, "user %s", source->config->user);
    request_add_header(&source->request, "Authorization: ", token);
    return 0;
}

static int etcd_connect(struct etcd_source *source, struct error *err)
{
    int r;

    request_close(&source->request);
    r = request_open(&source->request, &source->config->tls, source->limits,
                     err);
    if (r < 0)
        return r;
    request_expect_soon(&source->request, SILENT_S);
    request_add_header(&source->request, "Content-Type: ", "application/json");
    return source->config->user ? etcd_authenticate(source, err) : 0;
}

/* Sends a range request; an expired token is replaced once. */
static int etcd_range(struct etcd_source *source,
                      const struct etcd_wire_range *range,
                      struct etcd_wire_range_answer *out, struct error *err)
{
    cleanup_buf struct buf body = BUF_INIT;
    json_auto_t *answer = NULL;
    int r;

    etcd_wire_range_request(&body, range);
    r = etcd_post(source, ETCD_WIRE_RANGE_PATH, body.data, &answer, err);
    if (r == -EKEYEXPIRED && source->config->user) {
        r = etcd_connect(source, err);
        if (r == 0)
            r = etcd_post(source, ETCD_WIRE_RANGE_PATH, body.data, &answer,
                          err);
    }
    if (r == -EKEYEXPIRED)
        return error_prefix(err, -EACCES,
                            "etcd requires a user; check store.user and "
                            "store.password_file in ccm.conf");
    return r < 0 ? r : etcd_wire_decode_range(answer, out, err);
}

/* The objects are foreign input: the value must be an object, and its id must
 * match the end of the key. */
static int etcd_add(struct etcd_source *source, struct objects_type *type,
                    const struct etcd_wire_kv *kv, const char *id,
                    struct error *err)
{
    json_auto_t *object = NULL;
    char wanted[24];
    int r = objects_count_bytes(source->objects, kv->value_size, err);

    if (r == 0)
        r = json_parse(kv->value, kv->value_size, OBJECT_BYTES_MAX, &object,
                       err);
    if (r == 0)
        r = objects_add(type, object, err);
    if (r < 0)
        return r;
    snprintf(wanted, sizeof(wanted), "%lld",
             (long long) json_integer_value(json_object_get(object, "id")));
    if (!streq(wanted, id))
        return error_set(err, -EPROTO, "its \"id\" is %s", wanted);
    return 0;
}

/* The key, made safe for a log line. Returns new (freed with free). */
static char *etcd_shown_key(const struct etcd_wire_kv *kv)
{
    char *shown = xstrdup(kv->key), *byte;

    for (byte = shown; *byte; byte++)
        if ((unsigned char) *byte < 0x20 || (unsigned char) *byte >= 0x7f)
            *byte = '?';
    return shown;
}

static int etcd_add_page(struct etcd_source *source, struct objects_type *type,
                         const char *prefix,
                         const struct etcd_wire_range_answer *page,
                         struct error *err)
{
    size_t i;
    int r;

    for (i = 0; i < page->n; i++) {
        const struct etcd_wire_kv *kv = &page->kvs[i];
        const char *id = strlen(kv->key) == kv->key_size
                             ? after_prefix(kv->key, prefix)
                             : NULL;

        r = id ? etcd_add(source, type, kv, id, err)
               : error_set(err, -EPROTO, "a key that was not requested");
        if (r < 0) {
            cleanup_free char *key = etcd_shown_key(kv);

            return error_prefix(
                err, r,
                "key \"%s\" does not contain the %s object with that id as "
                "JSON (correct it with ccmctl object put, or delete the key)",
                key, type->name);
        }
    }
    return 0;
}

/* The first answer fixes the revision for all that follow. */
static int etcd_fix_revision(struct etcd_source *source, int64_t revision,
                             struct error *err)
{
    if (source->revision > 0)
        return 0;
    if (revision <= 0)
        return error_set(err, -EPROTO, "an answer without a revision");
    if (revision < source->objects->revision)
        return error_set(
            err, -EAGAIN,
            "etcd is at revision %lld, but an event has revision %lld",
            (long long) revision, (long long) source->objects->revision);
    source->revision = revision;
    return 0;
}

/* Reads the page after *last (NULL: the first), which becomes its last key.
 * Smaller pages are tried when objects are large. Returns 1 if there are more,
 * 0 if not, or -errno. */
static int etcd_read_page(struct etcd_source *source, struct objects_type *type,
                          const char *prefix, char **last, struct error *err)
{
    struct etcd_wire_range_answer page = {0};
    cleanup_free char *end = etcd_wire_prefix_end(prefix);
    struct etcd_wire_range range = {
        .key = *last ? *last : prefix,
        .after_key = *last != NULL,
        .end = end,
        .revision = source->revision,
        .limit = KEYS_PER_PAGE,
    };
    int r;

    while ((r = etcd_range(source, &range, &page, err)) == -EFBIG &&
           range.limit > 1)
        range.limit /= 2;
    if (r < 0)
        return r;
    r = etcd_fix_revision(source, page.revision, err);
    if (r == 0)
        r = etcd_add_page(source, type, prefix, &page, err);
    if (r == 0 && page.more && page.n == 0)
        r = error_set(err, -EPROTO, "an empty page, but there are more");
    if (r == 0) {
        r = page.more;
        free(*last);
        *last = page.n > 0 ? STEAL(page.kvs[page.n - 1].key) : NULL;
    }
    etcd_wire_range_done(&page);
    return r;
}

static int etcd_read_type(struct etcd_source *source, struct objects_type *type,
                          struct error *err)
{
    cleanup_free char *prefix =
        xasprintf("%s/objects/%s/", source->config->prefix, type->name);
    cleanup_free char *last = NULL;
    int r = 1;

    while (r > 0)
        r = etcd_read_page(source, type, prefix, &last, err);
    return r < 0 ? error_prefix(err, r, "%s", type->name) : 0;
}

/* Returns 0, -ESTALE if the revision is gone, or another -errno. */
static int etcd_read_all(struct etcd_source *source, struct error *err)
{
    size_t i;
    int r = 0;

    source->revision = 0;
    objects_clear(source->objects);
    for (i = 0; r == 0 && i < source->objects->n_types; i++)
        r = etcd_read_type(source, &source->objects->types[i], err);
    return r;
}

int source_etcd_fetch(const struct config_store *config,
                      const struct source_limits *limits,
                      struct objects *objects, struct error *err)
{
    struct etcd_source source = {
        .config = config, .limits = limits, .objects = objects};
    unsigned tries = 0;
    int r = etcd_connect(&source, err);

    if (r == 0)
        do
            r = etcd_read_all(&source, err);
        while (r == -ESTALE && ++tries < limits->tries);
    request_close(&source.request);
    if (r == -ESTALE)
        r = -EAGAIN;
    if (r < 0)
        return error_prefix(err, r, "etcd");
    if (source.revision > 0)
        objects->revision = source.revision;
    return 0;
}
