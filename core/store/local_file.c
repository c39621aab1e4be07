/* SPDX-License-Identifier: ISC */
/* One file of a local store: is it a key, and what is its value? */
#include "local_file.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

bool local_file_ignores(const char *name)
{
    size_t size = strlen(name);

    return name[0] == '.' || name[size - 1] == '~' ||
           (size > 4 && streq(name + size - 4, ".new"));
}

int local_file_look(const struct local_folder *folder, const char *key,
                    struct local_identity *identity, char **value,
                    size_t *value_size)
{
    size_t size_max =
        after_prefix(key, "events/") ? LOCAL_EVENT_VALUE_MAX : LOCAL_VALUE_MAX;
    struct stat st;
    int r;

    if (fstatat(folder->fd, key, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
    if (!S_ISREG(st.st_mode))
        return 0;
    identity->inode = st.st_ino;
    identity->mtime_ns =
        (int64_t) st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    identity->size = st.st_size;
    if (!value)
        return 1;
    r = io_read_file(folder->fd, key, size_max, value, value_size, NULL);
    if (r == -EFBIG) {
        *value = xstrdup("");
        *value_size = 0;
        r = 0;
    }
    return r < 0 ? r : 1;
}
