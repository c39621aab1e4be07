/* SPDX-License-Identifier: ISC */
/* Encodes the declarations for the runner. A rejection counts for the whole
 * plan, even for declarations made before it. */
#include "host/api.h"

#include "base/io.h"
#include "plan/wire.h"

/* Small, so that a planner has few pages to touch for the first time. */
#define FLUSH_BYTES (32 * 1024)

static bool api_has_path(enum change_kind kind)
{
    return kind == CHANGE_FILE || kind == CHANGE_DIRECTORY ||
           kind == CHANGE_SYMLINK || kind == CHANGE_ABSENT;
}

static void api_encode_item(struct ccm_run *run, const struct api_item *item,
                            struct buf *out)
{
    struct change change = item->change;

    if (item->object && api_set_has(&run->rejected, item->object)) {
        if (!api_has_path(change.kind))
            return;
        change = (struct change){.kind = CHANGE_KEEP,
                                 .path = item->change.path,
                                 .object = item->change.object};
    } else if (item->content) {
        change.content = buf_text(&item->content->bytes);
        change.size = item->content->bytes.size;
    }
    wire_put(out, &change);
}

static int api_flush(struct buf *buf, int fd, uint64_t *size)
{
    int r = io_write_all(fd, buf_text(buf), buf->size);

    *size += buf->size;
    buf_clear(buf);
    return r;
}

int api_encode(struct ccm_run *run, int fd, uint64_t *size)
{
    cleanup_buf struct buf out = BUF_INIT;
    size_t i;
    int r = 0;

    api_end_stream(run);
    fflush(NULL); /* a module may have given a stream a buffer */
    for (i = 0; i < run->n_items && r == 0; i++) {
        api_encode_item(run, &run->items[i], &out);
        if (run->items[i].content)
            buf_done(&run->items[i].content->bytes);
        if (out.size >= FLUSH_BYTES)
            r = api_flush(&out, fd, size);
    }
    return r == 0 ? api_flush(&out, fd, size) : r;
}
