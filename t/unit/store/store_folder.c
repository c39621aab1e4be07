/* SPDX-License-Identifier: ISC */
/* A store in a folder of its own, which goes when the test is over. */
#include "store_folder.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"

#include <fcntl.h>
#include <ftw.h>
#include <unistd.h>

void folder_open(struct folder *f)
{
    strcpy(f->path, "/tmp/ccm-store-XXXXXX");
    assert_non_null(mkdtemp(f->path));
    f->config.store.kind = STORE_LOCAL;
    f->config.store.path = xasprintf("%s/store", f->path);
    probe_init(&f->probe, &f->config);
}

int folder_setup(void **state)
{
    struct folder *f = test_calloc(1, sizeof(*f));

    folder_open(f);
    *state = f;
    return 0;
}

static int folder_remove_one(const char *path, const struct stat *st, int type,
                             struct FTW *ftw)
{
    (void) st;
    (void) type;
    (void) ftw;
    return remove(path);
}

void folder_remove_tree(const char *path)
{
    nftw(path, folder_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void folder_close(struct folder *f)
{
    probe_done(&f->probe);
    folder_remove_tree(f->path);
    free(f->config.store.path);
}

int folder_teardown(void **state)
{
    folder_close(*state);
    test_free(*state);
    return 0;
}

void folder_restart(struct folder *f)
{
    probe_done(&f->probe);
    probe_init(&f->probe, &f->config);
}

char *folder_file(const struct folder *f, const char *key)
{
    return xasprintf("%s/%s", f->config.store.path, key);
}

void folder_write(const struct folder *f, const char *key, const char *text)
{
    cleanup_free char *path = folder_file(f, key);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

void folder_remove(const struct folder *f, const char *key)
{
    cleanup_free char *path = folder_file(f, key);

    assert_int_equal(unlink(path), 0);
}

bool folder_has(const struct folder *f, const char *key, const char *text)
{
    cleanup_free char *path = folder_file(f, key);
    cleanup_free char *value = NULL;

    if (io_read_file(AT_FDCWD, path, 1000, &value, NULL, NULL) < 0)
        return !text;
    return text && streq(value, text);
}
