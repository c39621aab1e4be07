/* SPDX-License-Identifier: ISC */
/*
 * Fail-over between servers. When all of them should be avoided, one is used
 * anyway; the caller's own back-off, which has jitter, then decides how long to
 * wait.
 */
#include "endpoints.h"

#include "base/alloc.h"
#include "base/util.h"

#include <assert.h>

void endpoints_init(struct endpoints *endpoints, char *const *urls)
{
    size_t n = 0, i;

    while (urls[n])
        n++;
    assert(n > 0);
    *endpoints = (struct endpoints){.n = n};
    endpoints->list = xcalloc(n, sizeof(*endpoints->list));
    for (i = 0; i < n; i++)
        endpoints->list[i].url = xstrdup(urls[i]);
}

void endpoints_done(struct endpoints *endpoints)
{
    size_t i;

    for (i = 0; i < endpoints->n; i++)
        free(endpoints->list[i].url);
    free(endpoints->list);
    *endpoints = (struct endpoints){0};
}

size_t endpoints_pick(struct endpoints *endpoints, int64_t now_ms)
{
    size_t best = endpoints->current, i;

    for (i = 0; i < endpoints->n; i++) {
        size_t at = (endpoints->current + i) % endpoints->n;
        const struct endpoint *endpoint = &endpoints->list[at];

        if (endpoint->avoid_until_ms <= now_ms) {
            best = at;
            break;
        }
        if (endpoint->avoid_until_ms < endpoints->list[best].avoid_until_ms)
            best = at;
    }
    endpoints->current = best;
    return best;
}

void endpoints_failed(struct endpoints *endpoints, size_t index, int64_t now_ms)
{
    struct endpoint *endpoint = &endpoints->list[index];
    int64_t delay_ms = ENDPOINTS_BACKOFF_MIN_MS;
    unsigned i;

    for (i = 0; i < endpoint->failures && delay_ms < ENDPOINTS_BACKOFF_MAX_MS;
         i++)
        delay_ms *= 2;
    if (delay_ms > ENDPOINTS_BACKOFF_MAX_MS)
        delay_ms = ENDPOINTS_BACKOFF_MAX_MS;
    endpoint->failures++;
    endpoint->avoid_until_ms = now_ms + delay_ms;
}

void endpoints_worked(struct endpoints *endpoints, size_t index)
{
    endpoints->list[index].failures = 0;
    endpoints->list[index].avoid_until_ms = 0;
}
