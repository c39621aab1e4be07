/* SPDX-License-Identifier: ISC */
#ifndef CCM_OBJECTS_HTTP_API_H
#define CCM_OBJECTS_HTTP_API_H

/*
 * The Cluster API, one page at a time. After a temporary error (no answer, 429,
 * 5xx, a page that is not JSON) the page is fetched again, not the whole set,
 * and Retry-After is respected. A token that was replaced meanwhile is read
 * again. A redirect is followed only below the base URL, so that nobody else
 * receives our key.
 */

#include "request.h"

#include <jansson.h>

struct http_api {
    const struct config_objects *config;
    const struct source_limits *limits;
    struct request request;
    char *secret; /* the token or key in use, or NULL */
};

/* Keeps config and limits until http_api_close. Returns 0, or -EAGAIN if the
 * key or token cannot be read or curl cannot be set up. */
int http_api_open(struct http_api *api, const struct config_objects *config,
                  const struct source_limits *limits, struct error *err);
/* An api of zeros, never opened, may be closed, too. */
void http_api_close(struct http_api *api);

/*
 * Gets the page at *url; after redirects, *url is new text with the final URL.
 * Sets *page, a new array. Returns 0; -EAGAIN when the API does not deliver,
 * for whatever reason, which says nothing about the objects; -EFBIG when the
 * answer is larger than a page may be.
 */
int http_api_get(struct http_api *api, char **url, json_t **page,
                 struct error *err);

/* Sets *next to the URL of the page after the one at url, new (freed with
 * free), or to NULL after the last one. Returns 0, or -EPROTO if that page is
 * elsewhere. */
int http_api_next(const struct http_api *api, const char *url, char **next,
                  struct error *err);

#endif
