/* SPDX-License-Identifier: ISC */
/* Finds the file of a module and opens it once. */
#include "host/module.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/path.h"
#include "base/util.h"
#include "host/elf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define MODULE_BYTES_MAX (256 * 1024 * 1024)

static bool module_name_valid(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

    return name[0] != '\0' && name[0] != '.' &&
           name[strspn(name, letters)] == '\0' && strlen(name) < 200;
}

/* O_NONBLOCK: a fifo with that name must not block us. */
static int module_open_path(const char *path, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    return fd < 0 ? error_errno(err, -errno, "%s", path) : fd;
}

static int module_find(const char *const *dirs, const char *name, char **path,
                       struct error *err)
{
    const char *const *dir;

    if (name[0] == '/') {
        *path = xstrdup(name);
        return module_open_path(name, err);
    }
    if (!module_name_valid(name))
        return error_set(err, -EINVAL,
                         "module \"%s\" is neither a name nor an absolute path",
                         name);
    for (dir = dirs; dir && *dir; dir++) {
        cleanup_free char *full = xasprintf("%s/%s.so", *dir, name);
        int fd = module_open_path(full, err);

        if (fd >= 0)
            *path = STEAL(full);
        if (fd != -ENOENT && fd != -ENOTDIR)
            return fd;
    }
    return error_set(err, -ENOENT,
                     "there is no %s.so in any of module_dirs (%s, ...): "
                     "install it there, or correct \"module\"",
                     name, dirs && dirs[0] ? dirs[0] : "none");
}

static bool module_is_below(const char *path, const char *dir)
{
    const char *rest = after_prefix(path, dir);

    return rest && rest[0] == '/';
}

static int module_check_inside(const char *const *dirs, const char *real,
                               struct error *err)
{
    const char *const *each;

    /* Most paths are already the real ones. */
    for (each = dirs; each && *each; each++)
        if (module_is_below(real, *each))
            return 0;
    for (each = dirs; each && *each; each++) {
        cleanup_free char *dir = realpath(*each, NULL);

        if (dir && module_is_below(real, dir))
            return 0;
    }
    return error_set(err, -EPERM,
                     "%s is in none of module_dirs: move it there, or add its "
                     "directory to module_dirs in ccm.conf",
                     real);
}

int module_open(struct trust *trust, const char *const *dirs, const char *name,
                struct module_file **out, struct error *err)
{
    cleanup_free char *path = NULL, *real = NULL;
    cleanup_close int fd = module_find(dirs, name, &path, err);
    struct module_file *file;
    struct stat st;
    int r;

    if (fd < 0)
        return fd;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return error_set(err, -EINVAL, "%s is not a regular file", path);
    r = trust_check(trust, fd, path, &real, err);
    if (r == 0)
        r = module_check_inside(dirs, real, err);
    if (r == 0)
        r = trust_check_others(&st, real, S_IROTH, err);
    if (r == 0)
        r = elf_check_machine(fd, real, err);
    if (r < 0)
        return r;
    file = xcalloc(1, sizeof(*file));
    file->path = STEAL(real);
    file->fd = steal_fd(&fd);
    file->device = st.st_dev;
    file->inode = st.st_ino;
    r = libraries_find(trust, file->fd, file->path, &file->libraries, err);
    if (r < 0)
        module_close(file);
    else
        *out = file;
    return r;
}

void module_close(struct module_file *file)
{
    if (!file)
        return;
    libraries_done(&file->libraries);
    close(file->fd);
    free(file->path);
    free(file);
}

static int module_digest_file(int fd, const char *path,
                              char digest[DIGEST_SIZE], struct error *err)
{
    cleanup_free char *bytes = NULL;
    size_t size, used = 0;
    struct stat st;

    if (fstat(fd, &st) < 0)
        return error_errno(err, -errno, "%s", path);
    if (st.st_size == 0 || st.st_size > MODULE_BYTES_MAX)
        return error_set(err, -EFBIG, "%s: %lld bytes; expected 1 to %d", path,
                         (long long) st.st_size, MODULE_BYTES_MAX);
    size = (size_t) st.st_size;
    bytes = xmalloc(size);
    while (used < size) {
        ssize_t n = pread(fd, bytes + used, size - used, (off_t) used);

        if (n <= 0)
            return error_errno(err, n < 0 ? -errno : -EIO, "%s", path);
        used += (size_t) n;
    }
    digest_bytes(bytes, size, digest);
    return 0;
}

/* A module without its own libraries has the digest of its file. */
int module_digest(struct module_file *file, struct error *err)
{
    cleanup_buf struct buf all = BUF_INIT;
    char digest[DIGEST_SIZE];
    size_t i;
    int r = module_digest_file(file->fd, file->path, digest, err);

    buf_puts(&all, r == 0 ? digest : "");
    for (i = 0; i < file->libraries.n && r == 0; i++) {
        const struct library *library = &file->libraries.list[i];

        r = module_digest_file(library->fd, library->path, digest, err);
        buf_printf(&all, " %s %s", library->name, r == 0 ? digest : "");
    }
    if (r < 0)
        return r;
    if (file->libraries.n > 0)
        digest_bytes(all.data, all.size, digest);
    memcpy(file->digest, digest, sizeof(digest));
    return 0;
}
