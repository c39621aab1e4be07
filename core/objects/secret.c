/* SPDX-License-Identifier: ISC */
/* Secrets from files. */
#include "secret.h"

#include "base/io.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define SECRET_BYTES_MAX 8192

static int secret_check_file(const char *path, struct error *err)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return error_errno(err, -errno, "%s", path);
    if (!S_ISREG(st.st_mode))
        return error_set(err, -EINVAL, "%s is not a regular file", path);
    if (st.st_mode & S_IRWXO)
        return error_set(err, -EPERM,
                         "%s contains a secret, and its mode %04o lets all "
                         "users read or change it; run: chmod o= %s",
                         path, (unsigned) st.st_mode & 07777, path);
    return 0;
}

static int secret_check_text(const char *path, char *text, size_t size,
                             struct error *err)
{
    size_t i;

    while (size > 0 && strchr(" \t\r\n", text[size - 1]))
        text[--size] = '\0';
    if (size == 0)
        return error_set(err, -EINVAL, "%s is empty", path);
    for (i = 0; i < size; i++)
        if (text[i] < 0x20 || text[i] > 0x7e)
            return error_set(err, -EINVAL,
                             "%s: byte %zu is not printable ASCII; expected "
                             "one line with only the secret",
                             path, i + 1);
    return 0;
}

int secret_read(const char *path, char **out, struct error *err)
{
    cleanup_secret char *text = NULL;
    size_t size;
    int r = secret_check_file(path, err);

    if (r == 0)
        r = io_read_file(AT_FDCWD, path, SECRET_BYTES_MAX, &text, &size, err);
    if (r == 0)
        r = secret_check_text(path, text, size, err);
    if (r < 0)
        return r;
    *out = STEAL(text);
    return 0;
}

void secret_free(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}
