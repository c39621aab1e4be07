/* SPDX-License-Identifier: ISC */
/* Text for people: made safe for a terminal. */
#include "text.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/util.h"

#include <stdarg.h>

bool text_colour_allowed(FILE *out)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    return (!no_color || !no_color[0]) && term && !streq(term, "dumb") &&
           isatty(fileno(out));
}

/* If the UTF-8 character here must be shown as a number: its size in bytes, and
 * the number. */
static size_t text_hidden(const unsigned char *byte, unsigned *code)
{
    if (byte[0] < 0x20 || byte[0] == 0x7f) {
        *code = byte[0];
        return 1;
    }
    if (byte[0] == 0xc2 && byte[1] >= 0x80 && byte[1] <= 0x9f) {
        *code = byte[1];
        return 2;
    }
    if (byte[0] != 0xe2 || (byte[1] != 0x80 && byte[1] != 0x81) || !byte[2])
        return 0;
    *code = 0x2000u | (byte[1] & 0x3fu) << 6 | (byte[2] & 0x3fu);
    if (*code == 0x200e || *code == 0x200f ||
        (*code >= 0x2028 && *code <= 0x202e) ||
        (*code >= 0x2066 && *code <= 0x2069))
        return 3;
    return 0;
}

char *text_safe(const char *text)
{
    cleanup_buf struct buf safe = BUF_INIT;
    const unsigned char *byte = (const unsigned char *) text;

    while (*byte) {
        unsigned code;
        size_t size = text_hidden(byte, &code);

        if (size == 0)
            buf_putc(&safe, (char) *byte);
        else
            buf_printf(&safe, code > 0xff ? "\\u%04x" : "\\x%02x", code);
        byte += size > 0 ? size : 1;
    }
    return buf_take(&safe);
}

void text_line(FILE *out, const char *format, ...)
{
    cleanup_free char *text = NULL, *safe = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    safe = text_safe(text ? text : "");
    fprintf(out, "%s\n", safe);
}

void text_block(FILE *out, const char *indent, const char *text)
{
    while (*text) {
        size_t size = strcspn(text, "\n");

        text_line(out, "%s%.*s", indent, (int) size, text);
        text += size;
        text += *text == '\n';
    }
}
