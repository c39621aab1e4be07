/* SPDX-License-Identifier: ISC */
/* A growing byte buffer. */
#include "buf.h"

#include "alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void buf_reserve(struct buf *buf, size_t more)
{
    xgrow(&buf->data, &buf->capacity, buf->size + more, 1);
}

void buf_add(struct buf *buf, const void *bytes, size_t size)
{
    buf_reserve(buf, size);
    if (size > 0)
        memcpy(buf->data + buf->size, bytes, size);
    buf->size += size;
    buf->data[buf->size] = '\0';
}

void buf_puts(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_putc(struct buf *buf, char byte)
{
    buf_add(buf, &byte, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        return;
    buf_reserve(buf, (size_t) length + 1);
    va_start(args, format);
    vsnprintf(buf->data + buf->size, (size_t) length + 1, format, args);
    va_end(args);
    buf->size += (size_t) length;
}

void buf_shift(struct buf *buf, size_t size)
{
    if (size == 0)
        return;
    buf->size -= size;
    memmove(buf->data, buf->data + size, buf->size + 1);
}

void buf_clear(struct buf *buf)
{
    buf->size = 0;
    if (buf->data)
        buf->data[0] = '\0';
}

const char *buf_text(const struct buf *buf)
{
    return buf->data ? buf->data : "";
}

char *buf_take(struct buf *buf)
{
    char *text = buf->data ? buf->data : xstrdup("");

    *buf = (struct buf) BUF_INIT;
    return text;
}

void buf_done(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf) BUF_INIT;
}
