/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_SCRATCH_H
#define CCM_T_UNIT_SCRATCH_H

/* A private folder for a test's files. */

#include <stddef.h>

/* Makes one below TMPDIR. Returns new (freed with scratch_free). */
char *scratch_new(void);
/* Removes the folder with all that is in it. */
void scratch_free(char *dir);

/* dir/name. Returns new (freed with free). */
char *scratch_path(const char *dir, const char *name);
/* Writes dir/name and the folders above it. */
void scratch_write(const char *dir, const char *name, const void *bytes,
                   size_t size);
void scratch_puts(const char *dir, const char *name, const char *text);
/* The contents of dir/name, NULL if there is no such file. Sets *size (may be
 * NULL). Returns new (freed with free). */
char *scratch_read(const char *dir, const char *name, size_t *size);

#endif
