/* SPDX-License-Identifier: ISC */
/* Allocation that does not fail; see alloc.h for why. */
#include "alloc.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *alloc_checked(void *memory)
{
    static const char text[] = "ccm: out of memory\n";
    ssize_t ignored;

    if (memory)
        return memory;
    ignored = write(STDERR_FILENO, text, sizeof(text) - 1);
    (void) ignored;
    _exit(ALLOC_EXIT_STATUS);
}

void *xmalloc(size_t size)
{
    return alloc_checked(malloc(size ? size : 1));
}

void *xcalloc(size_t count, size_t size)
{
    return alloc_checked(calloc(count ? count : 1, size ? size : 1));
}

void *xrealloc(void *old, size_t size)
{
    return alloc_checked(realloc(old, size ? size : 1));
}

char *xstrdup(const char *text)
{
    return alloc_checked(strdup(text));
}

char *xstrndup(const char *text, size_t size_max)
{
    size_t size = strnlen(text, size_max);
    char *copy = xmalloc(size + 1);

    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

void *xmemdup(const void *bytes, size_t size)
{
    void *copy = xmalloc(size);

    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

char *xasprintf(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    int length;

    va_start(args, format);
    length = vasprintf(&text, format, args);
    va_end(args);
    return alloc_checked(length < 0 ? NULL : text);
}

void xgrow(void *array, size_t *capacity, size_t count, size_t element_size)
{
    void **pointer = array;
    size_t wanted = *capacity ? *capacity : 8;

    if (count < *capacity)
        return;
    while (wanted <= count)
        wanted *= 2;
    if (wanted > (size_t) -1 / element_size)
        alloc_checked(NULL);
    *pointer = xrealloc(*pointer, wanted * element_size);
    *capacity = wanted;
}

void alloc_give_back(size_t size)
{
    if (size >= ALLOC_LARGE_BYTES)
        malloc_trim(0);
}
