/* SPDX-License-Identifier: ISC */
/*
 * Finds libraries as the loader of libc does, but in the standard directories
 * of the system instead of its cache. A library elsewhere must be in RUNPATH,
 * or is refused.
 */
#include "host/libraries.h"

#include "base/alloc.h"
#include "base/util.h"
#include "host/elf_file.h"
#include "host/names.h"

#include <errno.h>
#include <fcntl.h>

#define LIBRARIES_MAX 200
#define DEPTH_MAX 32

static const char *const system_dirs[] = {
#if defined(__x86_64__)
    "/lib/x86_64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/local/lib/x86_64-linux-gnu",
#elif defined(__aarch64__)
    "/lib/aarch64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/local/lib/aarch64-linux-gnu",
#endif
    "/lib64",
    "/usr/lib64",
    "/lib",
    "/usr/lib",
    "/usr/local/lib",
};

/* The state of a search. */
struct libraries_search {
    struct trust *trust;         /* NULL: without checks */
    struct libraries *libraries; /* found so far */
    char **known;                /* what this program has itself */
    const char *chain[DEPTH_MAX];
    size_t depth;
};

static int libraries_look(struct libraries_search *search, int fd,
                          const char *path, struct error *err);

/* $ORIGIN is where the library or module that needs it lies. Returns new, or
 * NULL: there is something else that begins with "$". */
static char *libraries_expand(const char *dir, size_t size, const char *path)
{
    static const char *const words[] = {"$ORIGIN", "${ORIGIN}"};
    const char *slash = strrchr(path, '/');
    int origin = slash ? (int) (slash - path) : 0;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(words); i++) {
        size_t word = strlen(words[i]);

        if (size >= word && strncmp(dir, words[i], word) == 0 &&
            !memchr(dir + word, '$', size - word))
            return xasprintf("%.*s%.*s", origin, path, (int) (size - word),
                             dir + word);
    }
    return dir[0] == '/' && !memchr(dir, '$', size) ? xstrndup(dir, size)
                                                    : NULL;
}

static int libraries_open(const char *dir, const char *name, char **path)
{
    cleanup_free char *full = xasprintf("%s/%s", dir, name);
    int fd = open(full, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0 || elf_check_machine(fd, full, NULL) < 0) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    *path = STEAL(full);
    return fd;
}

/* Returns a descriptor with *path, or -errno. */
static int libraries_search_dirs(const char *runpath, const char *name,
                                 const char *by, char **path, struct error *err)
{
    const char *next = runpath;
    size_t i;
    int fd;

    while (next && *next) {
        size_t size = strcspn(next, ":");
        cleanup_free char *dir = libraries_expand(next, size, by);

        if (!dir)
            return error_set(err, -ENOEXEC,
                             "%s: its RUNPATH has \"%.*s\": expected an "
                             "absolute path, or one that begins with $ORIGIN",
                             by, (int) size, next);
        fd = libraries_open(dir, name, path);
        if (fd >= 0)
            return fd;
        next += size + (next[size] == ':');
    }
    for (i = 0; i < ARRAY_SIZE(system_dirs); i++) {
        fd = libraries_open(system_dirs[i], name, path);
        if (fd >= 0)
            return fd;
    }
    return error_set(err, -ENOENT,
                     "%s needs %s, which is neither in its RUNPATH nor in a "
                     "library directory of the system",
                     by, name);
}

static int libraries_check_trust(const struct libraries_search *search, int fd,
                                 const char *path, char **real,
                                 struct error *err)
{
    struct stat st;
    int r = trust_check(search->trust, fd, path, real, err);

    if (r == 0 && fstat(fd, &st) < 0)
        r = error_errno(err, -errno, "%s", path);
    return r < 0 ? r : trust_check_others(&st, path, S_IROTH, err);
}

static int libraries_check_name(int fd, const char *name, const char *path,
                                struct error *err)
{
    struct elf_names names;
    int r = elf_read_names(fd, &names);

    if (r < 0)
        return error_set(err, r, "%s: its ELF headers are damaged", path);
    if (!names.soname || !streq(names.soname, name))
        r = error_set(err, -ENOEXEC,
                      "%s is needed as %s, but calls itself %s (SONAME)", path,
                      name, names.soname ? names.soname : "nothing");
    elf_names_done(&names);
    return r;
}

static void libraries_add(struct libraries *libraries, const char *name,
                          char *path, int fd)
{
    xgrow(&libraries->list, &libraries->capacity, libraries->n,
          sizeof(*libraries->list));
    libraries->list[libraries->n++] =
        (struct library){.name = xstrdup(name), .path = path, .fd = fd};
}

static bool libraries_has(const struct libraries_search *search,
                          const char *name)
{
    size_t i;

    for (i = 0; i < search->libraries->n; i++)
        if (streq(search->libraries->list[i].name, name))
            return true;
    return names_has((const char *const *) search->known, name);
}

/* by, with that RUNPATH, needs name. */
static int libraries_take(struct libraries_search *search, const char *runpath,
                          const char *name, const char *by, struct error *err)
{
    cleanup_free char *path = NULL, *real = NULL;
    cleanup_close int fd = -1;
    size_t i;
    int r = 0;

    if (libraries_has(search, name))
        return 0;
    for (i = 0; i < search->depth; i++)
        if (streq(search->chain[i], name))
            return error_set(err, -ENOEXEC, "%s and %s need each other", by,
                             name);
    if (strchr(name, '/') || search->libraries->n >= LIBRARIES_MAX ||
        search->depth >= DEPTH_MAX)
        return error_set(err, -ENOEXEC,
                         "%s needs %s: expected the name of a library, %d at "
                         "most",
                         by, name, LIBRARIES_MAX);
    fd = libraries_search_dirs(runpath, name, by, &path, err);
    if (fd < 0)
        return fd;
    if (search->trust)
        r = libraries_check_trust(search, fd, path, &real, err);
    if (r == 0 && search->trust)
        r = libraries_check_name(fd, name, path, err);
    if (r < 0)
        return error_prefix(err, r, "%s needs %s", by, name);
    search->chain[search->depth++] = name;
    r = libraries_look(search, fd, real ? real : path, err);
    search->depth--;
    if (r == 0)
        libraries_add(search->libraries, name, real ? STEAL(real) : STEAL(path),
                      steal_fd(&fd));
    return r;
}

static int libraries_look(struct libraries_search *search, int fd,
                          const char *path, struct error *err)
{
    struct elf_names names;
    char **name;
    int r = elf_read_names(fd, &names);

    if (r < 0)
        return 0; /* the loader reports the error */
    for (name = names.needed; name && *name && r == 0; name++)
        r = libraries_take(search, names.runpath, *name, path, err);
    elf_names_done(&names);
    return r;
}

/* The libraries that a planner has before it loads anything: those of this
 * program. */
static char **libraries_own(void)
{
    static char **own;
    cleanup_close int fd = -1;
    struct libraries libraries = {0};
    struct libraries_search search = {.libraries = &libraries};
    size_t i;

    if (own)
        return own;
    fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        libraries_look(&search, fd, "/proc/self/exe", NULL);
    for (i = 0; i < libraries.n; i++)
        names_add(&own, libraries.list[i].name);
    libraries_done(&libraries);
    return own;
}

int libraries_find(struct trust *trust, int fd, const char *path,
                   struct libraries *libraries, struct error *err)
{
    struct libraries_search search = {
        .trust = trust, .libraries = libraries, .known = libraries_own()};
    int r = libraries_look(&search, fd, path, err);

    if (r < 0)
        libraries_done(libraries);
    return r;
}

void libraries_done(struct libraries *libraries)
{
    size_t i;

    for (i = 0; i < libraries->n; i++) {
        free(libraries->list[i].name);
        free(libraries->list[i].path);
        close(libraries->list[i].fd);
    }
    free(libraries->list);
    *libraries = (struct libraries){0};
}
