/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_ERROR_H
#define CCM_BASE_ERROR_H

/*
 * Errors: a function returns 0 when it is done, a fatal -errno which its
 * callers pass on unchanged, or an outcome (> 0) that is documented for that
 * one function. The text for people travels in the last parameter.
 *
 * The text is fixed in size, so that reporting an error never allocates.
 * Every function that takes err takes NULL, too, and then only returns the
 * code.
 */

#include <stdbool.h>

#define ERROR_TEXT_MAX 2048

struct error {
    char text[ERROR_TEXT_MAX];
};

/* Sets the text. Returns code, for use in a return statement. */
int error_set(struct error *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the text to "<text>: <strerror(-code)>". Returns code. */
int error_errno(struct error *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "<text>: " in front of the text. Returns code. */
int error_prefix(struct error *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Does this machine lack room, memory, descriptors or a writable file system?
 * That is for its administrator, whatever was asked for. code is -errno. */
bool error_is_machine(int code);

#endif
