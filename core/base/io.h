/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_IO_H
#define CCM_BASE_IO_H

#include "error.h"

#include <stddef.h>

/*
 * Reads the whole file (relative to dir_fd, AT_FDCWD allowed) of at most
 * size_max bytes. Sets *out, new (freed with free), NUL-terminated, and *size
 * (may be NULL). Returns 0, -ENOENT, -EFBIG, or another -errno.
 * Six parameters: dir_fd and path are one thing, as with openat(2), and so are
 * *out and *size.
 */
int io_read_file(int dir_fd, const char *path, size_t size_max, char **out,
                 size_t *size, struct error *err);

/* Writes all bytes. Returns 0 or -errno. */
int io_write_all(int fd, const void *bytes, size_t size);

/*
 * Replaces the file: temporary name beside it, fsync, rename, fsync of the
 * folder. For ccm's own state; managed files go through core/change. Returns 0
 * or -errno; on failure the old file is unchanged and no temporary file is
 * left.
 * Six parameters: those of openat(2) and of write(2), and err.
 */
int io_replace_file(int dir_fd, const char *path, unsigned mode,
                    const void *bytes, size_t size, struct error *err);

/*
 * The same without the fsync of the folder, which takes half of the time. After
 * a power cut the file may be the old one, or missing if it was new, but is
 * never torn. For state that the next start can determine again or do without.
 * The parameters are those of io_replace_file.
 */
int io_replace_file_soon(int dir_fd, const char *path, unsigned mode,
                         const void *bytes, size_t size, struct error *err);

/* mkdir -p with mode 0755 for what is missing. Returns 0 or -errno. */
int io_make_dirs(const char *path, struct error *err);

#endif
