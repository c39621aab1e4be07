/* SPDX-License-Identifier: ISC */
/*
 * The part of a command's output that is kept. The beginning usually says what
 * was tried, and the end why it failed, so both are kept. A command that writes
 * endlessly needs no memory.
 */
#include "command/capture.h"

#include <inttypes.h>
#include <string.h>

static size_t capture_min(size_t a, size_t b)
{
    return a < b ? a : b;
}

void capture_add(struct capture *capture, const void *bytes, size_t size)
{
    const char *next = bytes;
    size_t n = capture_min(size, sizeof(capture->head) - capture->head_size);

    memcpy(capture->head + capture->head_size, next, n);
    capture->head_size += n;
    next += n;
    size -= n;
    while (size > 0) {
        size_t at = (size_t) (capture->tail_total % sizeof(capture->tail));

        n = capture_min(size, sizeof(capture->tail) - at);
        memcpy(capture->tail + at, next, n);
        capture->tail_total += n;
        next += n;
        size -= n;
    }
}

void capture_put(const struct capture *capture, struct buf *out)
{
    const size_t ring = sizeof(capture->tail);
    size_t at = (size_t) (capture->tail_total % ring);

    buf_add(out, capture->head, capture->head_size);
    if (capture->tail_total <= ring) {
        buf_add(out, capture->tail, (size_t) capture->tail_total);
        return;
    }
    buf_printf(out, "\n[... %" PRIu64 " bytes left out ...]\n",
               capture->tail_total - ring);
    buf_add(out, capture->tail + at, ring - at);
    buf_add(out, capture->tail, at);
}
