/* SPDX-License-Identifier: ISC */
/*
 * Foreign text on a terminal or in the log. An escape sequence in a customer's
 * cron could recolour, move or hide what the operator is about to confirm; so
 * can the controls of the C1 range and the bidirectional overrides, in UTF-8.
 */
#include "base/visible.h"

#include "base/util.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static size_t visible_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    if (first >= 0xe0 && first < 0xf0)
        return 3;
    if (first >= 0xf0 && first < 0xf5)
        return 4;
    return 0;
}

/* Decodes one character. Returns its size in bytes; 0: the bytes are not valid
 * UTF-8. */
static size_t visible_decode(const char *text, size_t size, uint32_t *out)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char) text[0];
    size_t length = visible_length(first), i;
    uint32_t c = length == 1 ? first : first & (0xffU >> (length + 1));

    if (length == 0 || length > size)
        return 0;
    for (i = 1; i < length; i++) {
        unsigned char byte = (unsigned char) text[i];

        if ((byte & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (byte & 0x3f);
    }
    if (c < least[length] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 0;
    *out = c;
    return length;
}

/* What a terminal would obey, and what nobody would see: the categories Cc, Zl
 * and Zp of Unicode, and its default ignorable code points. Ascending. */
static const struct {
    uint32_t first, last;
} hidden[] = {
    {0x0000, 0x0008},   /* Cc, without tab and newline */
    {0x000b, 0x001f},   /* Cc */
    {0x007f, 0x009f},   /* Cc */
    {0x00ad, 0x00ad},   /* soft hyphen */
    {0x034f, 0x034f},   /* combining grapheme joiner */
    {0x061c, 0x061c},   /* Arabic letter mark */
    {0x115f, 0x1160},   /* Hangul fillers */
    {0x17b4, 0x17b5},   /* Khmer inherent vowels */
    {0x180b, 0x180f},   /* Mongolian variation selectors */
    {0x200b, 0x200f},   /* zero width, direction marks */
    {0x2028, 0x202e},   /* line separators, direction overrides */
    {0x2060, 0x206f},   /* word joiner, direction isolates */
    {0x3164, 0x3164},   /* Hangul filler */
    {0xfe00, 0xfe0f},   /* variation selectors */
    {0xfeff, 0xfeff},   /* byte order mark */
    {0xffa0, 0xffa0},   /* half-width Hangul filler */
    {0xfff0, 0xfffb},   /* specials, interlinear annotation */
    {0x1bca0, 0x1bca3}, /* shorthand format controls */
    {0x1d173, 0x1d17a}, /* musical format controls */
    {0xe0000, 0xe0fff}, /* tags, variation selectors */
};

static bool visible_is_plain(uint32_t c)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(hidden) && hidden[i].first <= c; i++)
        if (c <= hidden[i].last)
            return false;
    return true;
}

void visible_put(struct buf *out, const char *text, size_t size)
{
    size_t start = 0, i = 0;

    while (i < size) {
        uint32_t c = 0;
        size_t length = visible_decode(text + i, size - i, &c), j;

        if (length > 0 && visible_is_plain(c)) {
            i += length;
            continue;
        }
        buf_add(out, text + start, i - start);
        for (j = 0; j < (length ? length : 1); j++)
            buf_printf(out, "\\x%02x", (unsigned char) text[i + j]);
        i += j;
        start = i;
    }
    buf_add(out, text + start, size - start);
}

void visible_put_line(struct buf *out, const char *text)
{
    for (;;) {
        size_t size = strcspn(text, "\n\t");

        visible_put(out, text, size);
        if (text[size] == '\0')
            return;
        buf_puts(out, text[size] == '\n' ? "\\n" : "\\t");
        text += size + 1;
    }
}
