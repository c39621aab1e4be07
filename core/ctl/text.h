/* SPDX-License-Identifier: ISC */
#ifndef CCM_CTL_TEXT_H
#define CCM_CTL_TEXT_H

/*
 * Text for people. Whatever came from outside may hold escape sequences that a
 * terminal would obey, so it reaches one only through here, and as
 * base/visible.h allows.
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

/* Are colours allowed there? Yes for a terminal, unless NO_COLOR or TERM=dumb
 * is set. */
bool text_colour_allowed(FILE *out);

/* text on one line. Returns new (freed with free). */
char *text_safe(const char *text);

/* One line, made safe as a whole. */
void text_line(FILE *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Each line of text, made safe, after indent. */
void text_block(FILE *out, const char *indent, const char *text);

#endif
