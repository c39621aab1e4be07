/* SPDX-License-Identifier: ISC */
#ifndef CCM_CTL_TEXT_TABLE_H
#define CCM_CTL_TEXT_TABLE_H

#include "ctl/text.h"

struct text_table_cell {
    char *text;
    enum text_colour colour;
};

/* A table whose columns are as wide as their widest cell. */
struct text_table {
    size_t columns;
    struct text_table_cell *cells; /* the heads first */
    size_t n;
    size_t capacity;
};

/* heads: NULL-terminated. */
void text_table_init(struct text_table *table, const char *const *heads);
/* Adds the next cell, row by row. text is copied and made safe; NULL and ""
 * are shown as "-". */
void text_table_add(struct text_table *table, enum text_colour colour,
                    const char *text);
void text_table_addf(struct text_table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Every row must be full. */
void text_table_print(const struct text_table *table, FILE *out, bool colour);
void text_table_done(struct text_table *table);

#define cleanup_text_table __attribute__((cleanup(text_table_done)))

#endif
