/* SPDX-License-Identifier: ISC */
/* Text for people: made safe for a terminal, and set in tables. */
#include "text.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/util.h"

#include <assert.h>
#include <stdarg.h>

bool text_colour_allowed(FILE *out)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

    return (!no_color || !no_color[0]) && term && !streq(term, "dumb") &&
           isatty(fileno(out));
}

/* If a character stands here that is to be shown as a number, in UTF-8:
 * its size in bytes, and the number. */
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

/* -------------------------------------------------------------------- tables
 */

static void table_take(struct table *table, enum text_colour colour, char *text)
{
    xgrow(&table->cells, &table->capacity, table->n, sizeof(*table->cells));
    table->cells[table->n++] = (struct table_cell){text, colour};
}

void table_init(struct table *table, const char *const *heads)
{
    *table = (struct table){.columns = 0};
    for (; heads[table->columns]; table->columns++)
        table_take(table, TEXT_STRONG, text_safe(heads[table->columns]));
}

void table_add(struct table *table, enum text_colour colour, const char *text)
{
    table_take(table, colour, text_safe(text && text[0] ? text : "-"));
}

void table_addf(struct table *table, const char *format, ...)
{
    cleanup_free char *text = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    table_add(table, TEXT_PLAIN, text);
}

/* Characters, as far as UTF-8 tells. */
static size_t table_width(const char *text)
{
    size_t width = 0;

    for (; *text; text++)
        width += ((unsigned char) *text & 0xc0) != 0x80;
    return width;
}

static const char *table_code(enum text_colour colour)
{
    switch (colour) {
    case TEXT_GOOD:
        return "\x1b[32m";
    case TEXT_BUSY:
        return "\x1b[33m";
    case TEXT_BAD:
        return "\x1b[31m";
    case TEXT_STRONG:
        return "\x1b[1m";
    default:
        return NULL;
    }
}

/* width 0: the last column, which is not filled up. */
static void table_print_cell(const struct table_cell *cell, size_t width,
                             FILE *out, bool colour)
{
    const char *code = colour ? table_code(cell->colour) : NULL;
    size_t used = table_width(cell->text);

    fprintf(out, "%s%s%s", code ? code : "", cell->text, code ? "\x1b[0m" : "");
    if (width > 0)
        fprintf(out, "%*s", (int) (width - used + 2), "");
}

void table_print(const struct table *table, FILE *out, bool colour)
{
    cleanup_free size_t *widths = xcalloc(table->columns, sizeof(*widths));
    size_t i;

    assert(table->n % table->columns == 0);
    for (i = 0; i < table->n; i++) {
        size_t width = table_width(table->cells[i].text);

        if (width > widths[i % table->columns])
            widths[i % table->columns] = width;
    }
    for (i = 0; i < table->n; i++) {
        bool last = (i + 1) % table->columns == 0;

        table_print_cell(&table->cells[i],
                         last ? 0 : widths[i % table->columns], out, colour);
        if (last)
            fputc('\n', out);
    }
}

void table_done(struct table *table)
{
    size_t i;

    for (i = 0; i < table->n; i++)
        free(table->cells[i].text);
    free(table->cells);
    *table = (struct table){.columns = 0};
}
