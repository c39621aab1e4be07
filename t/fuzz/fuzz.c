/* SPDX-License-Identifier: ISC */
/* What fuzz targets share. */
#include "fuzz.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

char *fuzz_cut(struct fuzz_input *input, char separator, size_t *size)
{
    const char *end =
        input->left ? memchr(input->next, separator, input->left) : NULL;
    size_t n = end ? (size_t) (end - input->next) : input->left;
    char *part = xmalloc(n + 1);

    if (n > 0)
        memcpy(part, input->next, n);
    part[n] = '\0';
    if (size)
        *size = n;
    n += end != NULL;
    input->next += n;
    input->left -= n;
    return part;
}

uint8_t fuzz_byte(struct fuzz_input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return (uint8_t) *input->next++;
}

void fuzz_error_init(struct error *err)
{
    err->text[0] = '\0';
}

void fuzz_check_error(const struct error *err)
{
    fuzz_check(err->text[0] != '\0');
    fuzz_check(strnlen(err->text, sizeof(err->text)) < sizeof(err->text));
}

bool fuzz_is_visible(const char *text, size_t size, bool lines)
{
    size_t i;

    for (i = 0; i < size; i++) {
        unsigned char byte = (unsigned char) text[i];

        if (lines && (byte == '\n' || byte == '\t'))
            continue;
        if (byte < 0x20 || byte == 0x7f)
            return false;
    }
    return true;
}

/* libconfig 1.5 loses the string that a syntax error follows. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig.so\n";
}

static char fuzz_path[64];

static int fuzz_remove_one(const char *path, const struct stat *st, int type,
                           struct FTW *ftw)
{
    (void) st, (void) type, (void) ftw;
    return remove(path);
}

static void fuzz_remove(void)
{
    nftw(fuzz_path, fuzz_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

const char *fuzz_directory(void)
{
    /* Thousands of files a second are nothing for a disk. */
    const char *below = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

    if (fuzz_path[0] == '\0') {
        snprintf(fuzz_path, sizeof(fuzz_path), "%s/ccm-fuzz-XXXXXX", below);
        fuzz_check(mkdtemp(fuzz_path) != NULL);
        atexit(fuzz_remove);
    }
    return fuzz_path;
}

void fuzz_write(const char *name, const void *bytes, size_t size)
{
    cleanup_free char *path = xasprintf("%s/%s", fuzz_directory(), name);
    cleanup_free char *folder = xstrdup(path);
    int fd;

    *strrchr(folder, '/') = '\0';
    fuzz_check(io_make_dirs(folder, NULL) == 0);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    fuzz_check(fd >= 0 && io_write_all(fd, bytes, size) == 0);
    close(fd);
}

void fuzz_remove_below(const char *name)
{
    cleanup_free char *path = xasprintf("%s/%s", fuzz_directory(), name);

    nftw(path, fuzz_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
