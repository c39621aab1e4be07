/* SPDX-License-Identifier: ISC */
/* A private folder for a test's files. */
#include "unit.h"

#include "scratch.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/path.h"
#include "base/util.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

char *scratch_new(void)
{
    const char *above = getenv("TMPDIR");
    char *dir = xasprintf("%s/ccm-test-XXXXXX", above ? above : "/tmp");

    assert_non_null(mkdtemp(dir));
    return dir;
}

static int scratch_remove(const char *path, const struct stat *ignored,
                          int type, struct FTW *where)
{
    (void) ignored;
    (void) type;
    (void) where;
    return remove(path);
}

void scratch_free(char *dir)
{
    nftw(dir, scratch_remove, 16, FTW_DEPTH | FTW_PHYS);
    free(dir);
}

char *scratch_path(const char *dir, const char *name)
{
    return path_join(dir, name);
}

void scratch_write(const char *dir, const char *name, const void *bytes,
                   size_t size)
{
    cleanup_free char *path = scratch_path(dir, name);
    char *slash = strrchr(path, '/');
    cleanup_close int fd = -1;

    *slash = '\0';
    assert_int_equal(io_make_dirs(path, NULL), 0);
    *slash = '/';
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(io_write_all(fd, bytes, size), 0);
}

void scratch_puts(const char *dir, const char *name, const char *text)
{
    scratch_write(dir, name, text, strlen(text));
}

char *scratch_read(const char *dir, const char *name, size_t *size)
{
    cleanup_free char *path = scratch_path(dir, name);
    char *text = NULL;

    if (io_read_file(AT_FDCWD, path, 64 << 20, &text, size, NULL) < 0)
        return NULL;
    return text;
}
