/* SPDX-License-Identifier: ISC */
/* A store in a folder of its own, which goes when the test is over. */
#include "store_local_fixture.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"

#include <fcntl.h>
#include <ftw.h>
#include <unistd.h>

void fixture_open(struct store_local_fixture *f)
{
    strcpy(f->path, "/tmp/ccm-store-XXXXXX");
    assert_non_null(mkdtemp(f->path));
    f->config.store.kind = STORE_LOCAL;
    f->config.store.path = xasprintf("%s/store", f->path);
    driver_init(&f->driver, &f->config);
}

int fixture_setup(void **state)
{
    struct store_local_fixture *f = test_calloc(1, sizeof(*f));

    fixture_open(f);
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

void fixture_remove_tree(const char *path)
{
    nftw(path, folder_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

void fixture_close(struct store_local_fixture *f)
{
    driver_done(&f->driver);
    fixture_remove_tree(f->path);
    free(f->config.store.path);
}

int fixture_teardown(void **state)
{
    fixture_close(*state);
    test_free(*state);
    return 0;
}

void fixture_restart(struct store_local_fixture *f)
{
    driver_done(&f->driver);
    driver_init(&f->driver, &f->config);
}

char *fixture_file(const struct store_local_fixture *f, const char *key)
{
    return xasprintf("%s/%s", f->config.store.path, key);
}

void fixture_write(const struct store_local_fixture *f, const char *key,
                   const char *text)
{
    cleanup_free char *path = fixture_file(f, key);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

void fixture_remove(const struct store_local_fixture *f, const char *key)
{
    cleanup_free char *path = fixture_file(f, key);

    assert_int_equal(unlink(path), 0);
}

bool fixture_has(const struct store_local_fixture *f, const char *key,
                 const char *text)
{
    cleanup_free char *path = fixture_file(f, key);
    cleanup_free char *value = NULL;

    if (io_read_file(AT_FDCWD, path, 1000, &value, NULL, NULL) < 0)
        return !text;
    return text && streq(value, text);
}
