/* SPDX-License-Identifier: ISC */
#ifndef CCM_CTL_TEXT_H
#define CCM_CTL_TEXT_H

/*
 * Text for people. Whatever came from outside may hold escape sequences that
 * a terminal would obey, so nothing reaches one but through here: control
 * characters (C0, DEL, C1) and those that turn the reading direction are
 * shown as \x1b or \u202e.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum text_colour {
    TEXT_PLAIN,
    TEXT_GOOD,
    TEXT_BUSY,
    TEXT_BAD,
    TEXT_STRONG,
};

/* May colours go there? A terminal, and neither NO_COLOR nor TERM=dumb. */
bool text_colour_allowed(FILE *out);

/* Returns new (freed with free). */
char *text_safe(const char *text);

/* One line, made safe as a whole. */
void text_line(FILE *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Each line of text, made safe, behind indent. */
void text_block(FILE *out, const char *indent, const char *text);

struct table_cell {
    char *text;
    enum text_colour colour;
};

/* A table whose columns are as wide as their widest cell. */
struct table {
    size_t columns;
    struct table_cell *cells; /* the heads first */
    size_t n;
    size_t capacity;
};

/* heads: NULL-terminated. */
void table_init(struct table *table, const char *const *heads);
/* Adds the next cell, row by row. text is copied and made safe; NULL and ""
 * are shown as "-". */
void table_add(struct table *table, enum text_colour colour, const char *text);
void table_addf(struct table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Every row must be full. */
void table_print(const struct table *table, FILE *out, bool colour);
void table_done(struct table *table);

#define cleanup_table __attribute__((cleanup(table_done)))

#endif
