/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_UTIL_H
#define CCM_BASE_UTIL_H

/* Cleanup attributes for locals, and a few general helpers. */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static inline void cleanup_free_fn(void *pointer)
{
    free(*(void **) pointer);
}

static inline void cleanup_close_fn(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static inline void cleanup_file_fn(FILE **file)
{
    if (*file)
        fclose(*file);
}

/* Frees a malloc'ed pointer at the end of its scope. */
#define cleanup_free __attribute__((cleanup(cleanup_free_fn)))
/* Closes a descriptor at the end of its scope; -1 is left alone. */
#define cleanup_close __attribute__((cleanup(cleanup_close_fn)))
/* Closes a FILE at the end of its scope. */
#define cleanup_file __attribute__((cleanup(cleanup_file_fn)))

/* Takes a pointer's value out of a cleaned-up local and leaves NULL. */
#define STEAL(pointer)                                                         \
    __extension__({                                                            \
        __typeof__(pointer) stolen_ = (pointer);                               \
        (pointer) = NULL;                                                      \
        stolen_;                                                               \
    })

/* Takes a descriptor out of a cleaned-up local and leaves -1. */
static inline int steal_fd(int *fd)
{
    int taken = *fd;

    *fd = -1;
    return taken;
}

static inline bool streq(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* If text starts with prefix: what follows it. Otherwise NULL. */
static inline const char *after_prefix(const char *text, const char *prefix)
{
    size_t size = strlen(prefix);

    return strncmp(text, prefix, size) == 0 ? text + size : NULL;
}

#endif
