/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_FILES_H
#define CCM_T_UNIT_FILES_H

/* Files whose modes matter, in a scratch directory. */

#include "base/alloc.h"
#include "base/util.h"
#include "scratch.h"

#include <sys/stat.h>

/* Makes dir/name: a directory of mode 0755 if text is NULL, otherwise a file
 * of mode 0644. Returns its path, new (freed with free). */
static inline char *files_put(const char *dir, const char *name,
                              const char *text)
{
    char *path = scratch_path(dir, name);

    if (text)
        scratch_puts(dir, name, text);
    else if (mkdir(path, 0755) < 0)
        abort();
    chmod(path, text ? 0644 : 0755);
    return path;
}

/* Copies a file, which may be named relatively, to dir/name with mode 0755. */
static inline void files_copy(const char *dir, const char *name,
                              const char *from)
{
    cleanup_free char *path = scratch_path(dir, name);
    cleanup_free char *source = realpath(from, NULL);
    size_t size;
    cleanup_free char *bytes = source ? scratch_read("/", source, &size) : NULL;

    if (!bytes)
        abort();
    scratch_write(dir, name, bytes, size);
    chmod(path, 0755);
}

#endif
