/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_VISIBLE_H
#define CCM_BASE_VISIBLE_H

#include "base/buf.h"

#include <stddef.h>

/*
 * Which foreign bytes may reach a terminal or the log is decided here alone.
 *
 * Appends text of unknown origin so that a terminal only prints it, and so
 * that everything in it is seen: control characters but newline and tab, bytes
 * that are not UTF-8, and the characters that change the direction of text or
 * have no width appear as \xNN, byte by byte.
 */
void visible_put(struct buf *out, const char *text, size_t size);

/* The same for text that must stay on one line: newline and tab appear as \n
 * and \t. */
void visible_put_line(struct buf *out, const char *text);

#endif
