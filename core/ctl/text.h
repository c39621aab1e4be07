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

#endif
