/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_FUZZ_FUZZ_H
#define CCM_T_FUZZ_FUZZ_H

/*
 * What fuzz targets share. A target is one function that takes any bytes; it
 * ends the process (fuzz_check) when something holds that must not.
 */

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert: a build without assertions checks as much. */
#define fuzz_check(condition)                                                  \
    do {                                                                       \
        if (!(condition)) {                                                    \
            fprintf(stderr, "%s:%d: this does not hold: %s\n", __FILE__,       \
                    __LINE__, #condition);                                     \
            abort();                                                           \
        }                                                                      \
    } while (0)

/* What is left of the input. */
struct fuzz_input {
    const char *next;
    size_t left;
};

/* Cuts off what stands before the next separator byte, or all that is left,
 * and the separator. Returns new (freed with free), with a NUL behind it. */
char *fuzz_cut(struct fuzz_input *input, char separator, size_t *size);
/* Cuts off one byte; 0 at the end. */
uint8_t fuzz_byte(struct fuzz_input *input);

/* A failure says why: err was filled after fuzz_error_init. */
void fuzz_error_init(struct error *err);
void fuzz_check_error(const struct error *err);

/* Is it all a terminal may be sent: printable, or (lines) newline and tab? */
bool fuzz_is_visible(const char *text, size_t size, bool lines);

/* A private directory, removed at the exit. Returns borrowed. */
const char *fuzz_directory(void);
/* Writes a file below it, and the directory that it is in. */
void fuzz_write(const char *name, const void *bytes, size_t size);
/* Removes what stands there, and all below it. */
void fuzz_remove_below(const char *name);

#endif
