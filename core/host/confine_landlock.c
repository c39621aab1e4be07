/* SPDX-License-Identifier: ISC */
/*
 * Landlock's rules for confined children. The numbers are written out because
 * the headers of the oldest build system know less than the kernels that ccm
 * runs on. The kernel reports its version.
 */
#include "host/confine_landlock.h"

#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/syscall.h>

#define ACCESS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define NET_TCP_ALL 3u /* bind, connect */
#define SCOPE_ALL 3u   /* abstract UNIX sockets, signals */

/* struct landlock_ruleset_attr in its present size. */
struct landlock_rules {
    uint64_t access_fs;
    uint64_t access_net;
    uint64_t scoped;
};

/* All kinds of access to files that this version knows. */
static uint64_t landlock_access(int abi)
{
    unsigned bits = 13;

    if (abi >= 2)
        bits = 14; /* moving between directories */
    if (abi >= 3)
        bits = 15; /* truncating */
    if (abi >= 5)
        bits = 16; /* ioctl of devices */
    return (UINT64_C(1) << bits) - 1;
}

static int landlock_allow(int rules, int fd, uint64_t access)
{
    struct landlock_path_beneath_attr beneath = {.allowed_access = access,
                                                 .parent_fd = fd};

    return syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
                   &beneath, 0) < 0
               ? -errno
               : 0;
}

/* Where the system keeps what everybody may know, and nobody but root makes
 * anything. Those that are not there do not matter. */
static const char *const readable_dirs[] = {
    "/usr",
    "/etc",
    "/opt",
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/lib32",
    "/proc",

    "/var/lib/extrausers", /* users, see nsswitch.conf(5) */
};

static const char *const readable_files[] = {
    "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom",
};

static int landlock_allow_path(int rules, const char *path, uint64_t access)
{
    cleanup_close int fd = open(path, O_PATH | O_CLOEXEC);

    return fd < 0 ? 0 : landlock_allow(rules, fd, access);
}

static int landlock_allow_system(int rules)
{
    size_t i;
    int r = 0;

    for (i = 0; i < ARRAY_SIZE(readable_dirs) && r == 0; i++)
        r = landlock_allow_path(rules, readable_dirs[i], ACCESS_READ);
    for (i = 0; i < ARRAY_SIZE(readable_files) && r == 0; i++)
        r = landlock_allow_path(rules, readable_files[i],
                                LANDLOCK_ACCESS_FS_READ_FILE);
    return r;
}

int confine_landlock_allow_reading(int rules, int fd)
{
    return landlock_allow(rules, fd, LANDLOCK_ACCESS_FS_READ_FILE);
}

int confine_landlock_allow_executing(int rules, int fd)
{
    return landlock_allow(
        rules, fd, LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE);
}

int confine_landlock_abi(void)
{
    int version = (int) syscall(SYS_landlock_create_ruleset, NULL, 0,
                                LANDLOCK_CREATE_RULESET_VERSION);

    return version > 0 ? version : 0;
}

int confine_landlock_open(int abi)
{
    struct landlock_rules rules = {0};
    size_t size = sizeof(rules.access_fs);
    cleanup_close int fd = -1;
    int r;

    rules.access_fs = landlock_access(abi);
    if (abi >= 4) {
        rules.access_net = NET_TCP_ALL;
        size = offsetof(struct landlock_rules, scoped);
    }
    if (abi >= 6) {
        rules.scoped = SCOPE_ALL;
        size = sizeof(rules);
    }
    fd = (int) syscall(SYS_landlock_create_ruleset, &rules, size, 0);
    if (fd < 0)
        return -errno;
    r = landlock_allow_system(fd);
    return r < 0 ? r : steal_fd(&fd);
}

int confine_landlock_enter(int fd)
{
    return syscall(SYS_landlock_restrict_self, fd, 0) < 0 ? -errno : 0;
}
