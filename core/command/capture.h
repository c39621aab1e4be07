/* SPDX-License-Identifier: ISC */
#ifndef CCM_COMMAND_CAPTURE_H
#define CCM_COMMAND_CAPTURE_H

/* The beginning and the end of a stream of any length. Never allocates; zeros
 * mean: nothing yet. */

#include "base/buf.h"
#include "command/command.h"

#include <stdint.h>

struct capture {
    size_t head_size;
    uint64_t tail_total; /* bytes that came after the head */
    char head[COMMAND_HEAD_MAX];
    char tail[COMMAND_TAIL_MAX]; /* a ring; byte N is at N % its size */
};

void capture_add(struct capture *capture, const void *bytes, size_t size);
/* Appends the parts that were kept, with a line about the missing part. */
void capture_put(const struct capture *capture, struct buf *out);

/* The most bytes that capture_put appends. */
#define CAPTURE_PUT_MAX (COMMAND_HEAD_MAX + COMMAND_TAIL_MAX + 80)

#endif
