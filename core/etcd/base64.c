/* SPDX-License-Identifier: ISC */
/* Base64 with a strict decoder: each sequence of bytes has exactly one text. */
#include "base64.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <stdint.h>

static const char base64_alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct buf *out, const void *bytes, size_t size)
{
    const unsigned char *in = bytes;
    size_t i;

    for (i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t group = (uint32_t) in[i] << 16;
        char quad[4];

        if (left > 1)
            group |= (uint32_t) in[i + 1] << 8;
        if (left > 2)
            group |= in[i + 2];
        quad[0] = base64_alphabet[group >> 18];
        quad[1] = base64_alphabet[group >> 12 & 63];
        quad[2] = left > 1 ? base64_alphabet[group >> 6 & 63] : '=';
        quad[3] = left > 2 ? base64_alphabet[group & 63] : '=';
        buf_add(out, quad, sizeof(quad));
    }
}

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Decodes digits (2 to 4 of them) into bytes. Returns their number. */
static int base64_decode_group(const char *text, int digits,
                               unsigned char *bytes)
{
    uint32_t group = 0;
    int i;

    for (i = 0; i < 4; i++) {
        int digit = i < digits ? base64_digit(text[i]) : 0;

        if (digit < 0)
            return -EPROTO;
        group = group << 6 | (uint32_t) digit;
    }
    for (i = 0; i < digits - 1; i++)
        bytes[i] = (unsigned char) (group >> (16 - 8 * i));
    if (digits < 4 && (group & (digits == 3 ? 0xffu : 0xffffu)) != 0)
        return -EPROTO;
    return digits - 1;
}

int base64_decode(const char *text, size_t text_size, char **out, size_t *size)
{
    cleanup_free unsigned char *bytes = NULL;
    size_t used = 0, i;

    if (text_size % 4 != 0)
        return -EPROTO;
    bytes = xmalloc(text_size / 4 * 3 + 1);
    for (i = 0; i < text_size; i += 4) {
        int digits = 4, n;

        if (i + 4 == text_size && text[i + 3] == '=')
            digits = text[i + 2] == '=' ? 2 : 3;
        n = base64_decode_group(text + i, digits, bytes + used);
        if (n < 0)
            return n;
        used += (size_t) n;
    }
    bytes[used] = '\0';
    *size = used;
    *out = (char *) STEAL(bytes);
    return 0;
}
