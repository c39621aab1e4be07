/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_ALLOC_H
#define CCM_BASE_ALLOC_H

/*
 * Allocation for our own small, bounded structures. A process that cannot
 * allocate even those cannot go on: it ends with a message and
 * ALLOC_EXIT_STATUS, and its supervisor starts it again. The journal and the
 * turn marker then say what to do, as after a crash. Input from outside
 * (replies, objects, files) is limited before it is allocated.
 */

#include <stddef.h>

/* Of a process that has no memory; not one that others use, such as those of
 * sysexits.h. */
#define ALLOC_EXIT_STATUS 170

/* Like malloc(3), calloc(3), realloc(3), strdup(3), asprintf(3), but they
 * always return. Returns new (freed with free). */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);
/* At most size_max bytes of text, which need not end there. */
char *xstrndup(const char *text, size_t size_max);
void *xmemdup(const void *bytes, size_t size);
char *xasprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Grows *array (elements of element_size) so that index count fits, doubling
 * its capacity. array is the address of the pointer.
 */
void xgrow(void *array, size_t *capacity, size_t count, size_t element_size);

/*
 * About this many bytes have just been freed. If that is much, unused memory
 * goes back to the system; otherwise the allocator would keep it for the life
 * of the process.
 */
#define ALLOC_LARGE_BYTES (256 * 1024)
void alloc_give_back(size_t size);

#endif
