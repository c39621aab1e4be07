/* SPDX-License-Identifier: ISC */
/*
 * Objects from the Cluster API: GET <base>/<type>, page by page.
 *
 * The API has no revision to read at, so objects that come or go between two
 * pages move the others over the edge of a page, and one could be missed.
 * Each page's X-Total-Count must therefore say the same, and as many objects
 * must have arrived; otherwise the type is read anew, a few times.
 */
#include "link.h"
#include "request.h"
#include "secret.h"
#include "source.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"

#include <errno.h>

#define PER_PAGE 100
#define DETAIL_SHOWN_MAX 300

struct http_source {
    const char *base;
    struct request request;
    struct objects *objects;
};

/* What an answer other than 200 says about itself, fit for a log line. */
static char *http_detail(const struct request *request)
{
    json_auto_t *body = NULL;
    const json_t *detail;
    char *text, *byte;

    if (json_parse(buf_text(&request->body), request->body.size,
                   OBJECT_BYTES_MAX, &body, NULL) < 0)
        return xstrdup("no JSON with a \"detail\"");
    detail = json_object_get(body, "detail");
    text = json_is_string(detail) ? xstrdup(json_string_value(detail))
                                  : json_line(detail);
    if (strlen(text) > DETAIL_SHOWN_MAX)
        text[DETAIL_SHOWN_MAX] = '\0';
    for (byte = text; *byte; byte++)
        if ((unsigned char) *byte < 0x20 || *byte == 0x7f)
            *byte = ' ';
    return text;
}

static const char *http_advice(long status)
{
    if (status == 401 || status == 403)
        return "; look at api_key_file or token_file in ccm.conf";
    if (status == 404)
        return "; look at url in ccm.conf";
    if (status >= 300 && status < 400)
        return "; redirects are not followed: put the final address into "
               "ccm.conf";
    return "";
}

static int http_status_errno(long status)
{
    if (status == 408 || status == 425 || status == 429 || status >= 500)
        return -EAGAIN;
    if (status == 401 || status == 403)
        return -EACCES;
    if (status == 404)
        return -ENOENT;
    return -EPROTO;
}

static int http_check_status(const struct request *request, struct error *err)
{
    cleanup_free char *detail = NULL;

    if (request->status == 200)
        return 0;
    detail = http_detail(request);
    return error_set(err, http_status_errno(request->status), "HTTP %ld (%s)%s",
                     request->status, detail, http_advice(request->status));
}

static int http_get_page(struct http_source *source, struct objects_type *type,
                         const char *url, struct error *err)
{
    struct request *request = &source->request;
    json_auto_t *page = NULL;
    int r = request_send(request, url, NULL, err);

    if (r == 0)
        r = http_check_status(request, err);
    if (r == 0)
        r = objects_count_bytes(source->objects, request->body.size, err);
    if (r == 0)
        r = json_parse(buf_text(&request->body), request->body.size,
                       request->body_max, &page, err);
    if (r == 0)
        r = objects_add_page(type, page, request->body.size, err);
    return r;
}

/* Sets *next to the URL of the page after this one, new, or to NULL. */
static int http_next_page(const struct http_source *source, const char *url,
                          char **next, struct error *err)
{
    cleanup_free char *target = link_next(buf_text(&source->request.link));

    *next = NULL;
    if (!target)
        return 0;
    return link_resolve(source->base, url, target, next, err);
}

/* Reads a page and what follows it: *url, new, becomes the next page's, or
 * NULL after the last one. */
static int http_read_page(struct http_source *source, struct objects_type *type,
                          char **url, struct error *err)
{
    char *next = NULL;
    int r = http_get_page(source, type, *url, err);

    if (r == 0)
        r = http_next_page(source, *url, &next, err);
    if (r < 0)
        return error_prefix(err, r, "%s", *url);
    free(*url);
    *url = next;
    return 0;
}

/* Is what arrived what each page announced, and nothing twice? */
static int http_check_count(struct objects_type *type, int64_t total,
                            unsigned pages, struct error *err)
{
    int r = objects_seal(type, err);

    if (r == -EEXIST && pages > 1)
        return -ESTALE;
    if (r == 0 && total >= 0 && total != (int64_t) type->n_entries)
        return error_set(err, -ESTALE,
                         "%zu objects arrived, but the API counts %lld",
                         type->n_entries, (long long) total);
    return r;
}

/* Returns 0, -ESTALE if the objects changed meanwhile, or another -errno. */
static int http_read_pages(struct http_source *source,
                           const struct source_limits *limits,
                           struct objects_type *type, struct error *err)
{
    cleanup_free char *url = xasprintf("%s/%s?page=1&per_page=%d", source->base,
                                       type->name, PER_PAGE);
    int64_t total = -1;
    unsigned page = 0;

    while (url) {
        int r = ++page > limits->pages
                    ? error_set(err, -EFBIG, "there are too many pages")
                    : http_read_page(source, type, &url, err);

        if (r < 0)
            return error_prefix(err, r, "page %u", page);
        if (page > 1 && source->request.total != total)
            return error_set(
                err, -ESTALE, "the API counted %lld objects, then %lld",
                (long long) total, (long long) source->request.total);
        total = source->request.total;
    }
    return http_check_count(type, total, page, err);
}

static int http_read_type(struct http_source *source,
                          const struct source_limits *limits,
                          struct objects_type *type, struct error *err)
{
    unsigned tries;
    int r = -ESTALE;

    for (tries = 0; r == -ESTALE && tries < limits->tries; tries++) {
        objects_clear_type(type);
        r = http_read_pages(source, limits, type, err);
    }
    if (r == -ESTALE)
        r = error_prefix(err, -EAGAIN,
                         "the objects change faster than they are read");
    return r < 0 ? error_prefix(err, r, "%s", type->name) : 0;
}

static int http_add_secret(struct request *request, const char *file,
                           const char *name, struct error *err)
{
    cleanup_secret char *secret = NULL;
    int r;

    if (!file)
        return 0;
    r = secret_read(file, &secret, err);
    if (r == 0)
        request_add_header(request, name, secret);
    return r;
}

static int http_open(struct http_source *source,
                     const struct config_objects *config,
                     const struct source_limits *limits, struct error *err)
{
    const struct config_tls tls = {.cacert = config->cacert};
    int r = request_open(&source->request, &tls, limits, err);

    if (r == 0)
        r = http_add_secret(&source->request, config->api_key_file,
                            "X-API-Key: ", err);
    if (r == 0)
        r = http_add_secret(&source->request, config->token_file,
                            "Authorization: Bearer ", err);
    if (r == 0)
        request_add_header(&source->request, "Accept: ", "application/json");
    return r;
}

int source_http_fetch(const struct config_objects *config,
                      const struct source_limits *limits,
                      struct objects *objects, struct error *err)
{
    struct http_source source = {.base = config->url, .objects = objects};
    size_t i;
    int r = http_open(&source, config, limits, err);

    for (i = 0; r == 0 && i < objects->n_types; i++)
        r = http_read_type(&source, limits, &objects->types[i], err);
    request_close(&source.request);
    return r < 0 ? error_prefix(err, r, "http") : 0;
}
