/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_BUF_H
#define CCM_BASE_BUF_H

/* A growing byte buffer, always followed by a NUL that size does not count. */

#include <stddef.h>

struct buf {
    char *data; /* NULL until something was added */
    size_t size;
    size_t capacity;
};

#define BUF_INIT                                                               \
    {                                                                          \
        NULL, 0, 0                                                             \
    }

/* Each appends a copy. */
void buf_add(struct buf *buf, const void *bytes, size_t size);
void buf_puts(struct buf *buf, const char *text);
void buf_putc(struct buf *buf, char byte);
void buf_printf(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Drops size bytes (at most buf->size) at the front. */
void buf_shift(struct buf *buf, size_t size);
/* Empties it, keeps the memory. */
void buf_clear(struct buf *buf);
/* The text ("" when empty). Returns borrowed (valid until the next call). */
const char *buf_text(const struct buf *buf);
/* Returns new (freed with free) and leaves buf empty. */
char *buf_take(struct buf *buf);
/* Frees the memory and leaves buf empty. */
void buf_done(struct buf *buf);

#define cleanup_buf __attribute__((cleanup(buf_done)))

#endif
