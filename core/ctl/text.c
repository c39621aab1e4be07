/* SPDX-License-Identifier: ISC */
/* Text for people: made safe for a terminal. */
#include "text.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/util.h"
#include "base/visible.h"

#include <stdarg.h>

bool text_colour_allowed(FILE *out)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    return (!no_color || !no_color[0]) && term && !streq(term, "dumb") &&
           isatty(fileno(out));
}

char *text_safe(const char *text)
{
    cleanup_buf struct buf safe = BUF_INIT;

    visible_put_line(&safe, text);
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
