/* SPDX-License-Identifier: ISC */
/* Tables for people, whose columns are as wide as their widest cell. */
#include "text_table.h"

#include "base/alloc.h"
#include "base/util.h"

#include <assert.h>
#include <stdarg.h>

static void text_table_take(struct text_table *table, enum text_colour colour,
                            char *text)
{
    xgrow(&table->cells, &table->capacity, table->n, sizeof(*table->cells));
    table->cells[table->n++] = (struct text_table_cell){text, colour};
}

void text_table_init(struct text_table *table, const char *const *heads)
{
    *table = (struct text_table){.columns = 0};
    for (; heads[table->columns]; table->columns++)
        text_table_take(table, TEXT_STRONG, text_safe(heads[table->columns]));
}

void text_table_add(struct text_table *table, enum text_colour colour,
                    const char *text)
{
    text_table_take(table, colour, text_safe(text && text[0] ? text : "-"));
}

void text_table_addf(struct text_table *table, const char *format, ...)
{
    cleanup_free char *text = NULL;
    va_list args;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    text_table_add(table, TEXT_PLAIN, text);
}

/* The number of UTF-8 characters. */
static size_t text_table_width(const char *text)
{
    size_t width = 0;

    for (; *text; text++)
        width += ((unsigned char) *text & 0xc0) != 0x80;
    return width;
}

static const char *text_table_code(enum text_colour colour)
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

/* width 0: the last column, which is not padded. */
static void text_table_print_cell(const struct text_table_cell *cell,
                                  size_t width, FILE *out, bool colour)
{
    const char *code = colour ? text_table_code(cell->colour) : NULL;
    size_t used = text_table_width(cell->text);

    fprintf(out, "%s%s%s", code ? code : "", cell->text, code ? "\x1b[0m" : "");
    if (width > 0)
        fprintf(out, "%*s", (int) (width - used + 2), "");
}

void text_table_print(const struct text_table *table, FILE *out, bool colour)
{
    cleanup_free size_t *widths = xcalloc(table->columns, sizeof(*widths));
    size_t i;

    assert(table->n % table->columns == 0);
    for (i = 0; i < table->n; i++) {
        size_t width = text_table_width(table->cells[i].text);

        if (width > widths[i % table->columns])
            widths[i % table->columns] = width;
    }
    for (i = 0; i < table->n; i++) {
        bool last = (i + 1) % table->columns == 0;

        text_table_print_cell(&table->cells[i],
                              last ? 0 : widths[i % table->columns], out,
                              colour);
        if (last)
            fputc('\n', out);
    }
}

void text_table_done(struct text_table *table)
{
    size_t i;

    for (i = 0; i < table->n; i++)
        free(table->cells[i].text);
    free(table->cells);
    *table = (struct text_table){.columns = 0};
}
