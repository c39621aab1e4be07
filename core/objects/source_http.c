/* SPDX-License-Identifier: ISC */
/*
 * Objects from the Cluster API: GET <base>/<type>, page by page.
 *
 * The API has no revision to read at, so when objects are added or deleted
 * between two pages, the others shift across pages, and one could be missed.
 * Each page's X-Total-Count must therefore say the same, and that many objects
 * must have arrived. Otherwise the type is read again, a few times.
 */
#include "http_api.h"
#include "source.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>

#define PER_PAGE 100

struct http_source {
    struct http_api api;
    struct objects *objects;
};

/* Reads a page. *url, new, becomes that of the next page, or NULL after the
 * last one. */
static int http_read_page(struct http_source *source, struct objects_type *type,
                          char **url, struct error *err)
{
    const struct request *request = &source->api.request;
    json_auto_t *page = NULL;
    char *next = NULL;
    int r = http_api_get(&source->api, url, &page, err);

    if (r == 0)
        r = objects_count_bytes(source->objects, request->body.size, err);
    if (r == 0)
        r = objects_add_page(type, page, request->body.size, err);
    if (r == 0)
        r = http_api_next(&source->api, *url, &next, err);
    if (r < 0)
        return error_prefix(err, r, "%s", *url);
    free(*url);
    *url = next;
    return 0;
}

/* Did as many objects arrive as each page announced, and none twice? */
static int http_check_count(struct objects_type *type, int64_t total,
                            unsigned pages, struct error *err)
{
    int r = objects_seal(type, err);

    if (r == -EEXIST && pages > 1)
        return -ESTALE;
    if (r == 0 && total >= 0 && total != (int64_t) type->n_entries)
        return error_set(err, -ESTALE,
                         "received %zu objects, but the API counts %lld",
                         type->n_entries, (long long) total);
    return r;
}

/* Returns 0, -ESTALE if the objects changed meanwhile, or another -errno. */
static int http_read_pages(struct http_source *source,
                           const struct source_limits *limits,
                           struct objects_type *type, struct error *err)
{
    cleanup_free char *url =
        xasprintf("%s/%s?page=1&per_page=%d", source->api.config->url,
                  type->name, PER_PAGE);
    int64_t total = -1;
    unsigned page = 0;

    while (url) {
        int r = ++page > limits->pages
                    ? error_set(err, -EFBIG, "there are too many pages")
                    : http_read_page(source, type, &url, err);

        if (r < 0)
            return error_prefix(err, r, "page %u", page);
        if (page > 1 && source->api.request.total != total)
            return error_set(
                err, -ESTALE, "the API counted %lld objects, then %lld",
                (long long) total, (long long) source->api.request.total);
        total = source->api.request.total;
    }
    return http_check_count(type, total, page, err);
}

/* The set may change while it is read, and is then read again. If the same
 * difference appears each time, it is not temporary. */
static int http_read_type(struct http_source *source,
                          const struct source_limits *limits,
                          struct objects_type *type, struct error *err)
{
    struct error before = {""}, found = {""};
    bool moves = false;
    unsigned tries;
    int r = -ESTALE;

    for (tries = 0; r == -ESTALE && tries < limits->tries; tries++) {
        objects_clear_type(type);
        r = http_read_pages(source, limits, type, &found);
        moves |= tries > 0 && !streq(found.text, before.text);
        before = found;
    }
    if (r == 0)
        return 0;
    if (err)
        *err = found;
    if (r == -ESTALE)
        r = moves ? error_prefix(
                        err, -EAGAIN,
                        "the objects change faster than they can be read")
                  : error_prefix(err, -EAGAIN,
                                 "the API contradicts itself each time");
    return error_prefix(err, r, "%s", type->name);
}

int source_http_fetch(const struct config_objects *config,
                      const struct source_limits *limits,
                      struct objects *objects, struct error *err)
{
    struct http_source source = {.objects = objects};
    size_t i;
    int r = http_api_open(&source.api, config, limits, err);

    for (i = 0; r == 0 && i < objects->n_types; i++)
        r = http_read_type(&source, limits, &objects->types[i], err);
    http_api_close(&source.api);
    return r < 0 ? error_prefix(err, r, "http") : 0;
}
