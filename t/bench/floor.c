/* SPDX-License-Identifier: ISC */
/*
 * The floors: the raw calls that the work cannot do without, in a bare loop.
 * Each prints the microseconds of its loop.
 *
 *   floor compare DIR COUNT      open, read, compare, close
 *   floor change DIR COUNT       stage, one syncfs, exchange, remove
 *   floor dlopen FILE...         dlopen and dlsym
 */
#include "base/util.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#define SIZE_MAX_BYTES 65536

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t) now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void die(const char *what)
{
    fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* What is compared with is read before the clock starts. */
static int64_t floor_compare(const char *dir, long count)
{
    static char actual[SIZE_MAX_BYTES];
    char **expected = calloc((size_t) count, sizeof(*expected));
    char path[4096];
    int64_t start;
    long i, pass, differ = 0;

    for (pass = 0; pass < 2; pass++) {
        start = now_us();
        for (i = 0; i < count; i++) {
            ssize_t n;
            int fd;

            snprintf(path, sizeof(path), "%s/file-%ld", dir, i);
            fd = open(path, O_RDONLY | O_CLOEXEC);
            n = fd < 0 ? -1 : read(fd, actual, sizeof(actual));
            if (n < 0)
                die(path);
            if (pass == 0)
                expected[i] =
                    memcpy(malloc((size_t) n + 1), actual, (size_t) n);
            else
                differ += memcmp(expected[i], actual, (size_t) n) != 0;
            close(fd);
        }
    }
    return differ ? -1 : now_us() - start;
}

static int64_t floor_change(const char *dir, long count)
{
    static char content[400];
    int dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char name[64], staged[64];
    int64_t start = now_us();
    long i;

    memset(content, 'a' + (int) (start % 26), sizeof(content));
    for (i = 0; i < count; i++) {
        int fd;

        snprintf(staged, sizeof(staged), ".new-%ld", i);
        fd = openat(dir_fd, staged, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                    0644);
        if (fd < 0 || write(fd, content, sizeof(content)) < 0)
            die(staged);
        close(fd);
    }
    if (syncfs(dir_fd) < 0)
        die("syncfs");
    for (i = 0; i < count; i++) {
        snprintf(staged, sizeof(staged), ".new-%ld", i);
        snprintf(name, sizeof(name), "file-%ld", i);
        if (renameat2(dir_fd, staged, dir_fd, name, RENAME_EXCHANGE) < 0)
            die(name);
    }
    for (i = 0; i < count; i++) {
        snprintf(staged, sizeof(staged), ".new-%ld", i);
        if (unlinkat(dir_fd, staged, 0) < 0)
            die(staged);
    }
    return now_us() - start;
}

static int64_t floor_dlopen(char **files)
{
    int64_t start = now_us();

    for (; *files; files++) {
        void *handle = dlopen(*files, RTLD_NOW | RTLD_LOCAL);

        if (!handle || !dlsym(handle, "ccm_module")) {
            fprintf(stderr, "floor: %s\n", dlerror());
            exit(1);
        }
    }
    return now_us() - start;
}

int main(int argc, char **argv)
{
    int64_t us = -1;

    if (argc == 4 && streq(argv[1], "compare"))
        us = floor_compare(argv[2], atol(argv[3]));
    else if (argc == 4 && streq(argv[1], "change"))
        us = floor_change(argv[2], atol(argv[3]));
    else if (argc > 2 && streq(argv[1], "dlopen"))
        us = floor_dlopen(argv + 2);
    printf("%lld\n", (long long) us);
    return us < 0;
}
