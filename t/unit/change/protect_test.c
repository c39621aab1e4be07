/* SPDX-License-Identifier: ISC */
/* What no module may declare: ccm's own, the kernel's, the system's. */
#include "unit/unit.h"

#include "base/alloc.h"
#include "base/util.h"
#include "change/protect.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *module_dirs[] = {"/usr/lib/ccm/modules", NULL};
static char *allowed[] = {"deploy", "adm", NULL};
static struct config config = {
    .root = "/",
    .file = "/etc/ccm/ccm.conf",
    .state_dir = "/var/lib/ccm",
    .socket = "/run/ccm/ccmd.sock",
    .modules_d = "/etc/ccm/modules.d",
    .module_dirs = module_dirs,
    .runner = "/usr/libexec/ccm/ccm-runner",
    .store = {.path = "/srv/store", .tls = {.key = "/etc/ccm/key.pem"}},
    .objects = {.path = "/srv/objects"},
    .accounts_first = 1000,
    .accounts_last = 60000,
    .accounts_allow = allowed,
};

static const struct {
    const char *path;
    enum change_kind kind;
    const char *says; /* NULL: it may be declared */
} paths[] = {
    {"/etc/nginx/nginx.conf", CHANGE_FILE, NULL},
    {"/etc/ccm", CHANGE_DIRECTORY, NULL},
    {"/etc/ccm/other", CHANGE_FILE, NULL},
    {"/var/lib/ccmx", CHANGE_DIRECTORY, NULL},
    {"/devices", CHANGE_FILE, NULL},
    {"/etc", CHANGE_EXCLUSIVE, "declare users and groups"},
    {"/etc/passwd", CHANGE_FILE, "declare users and groups"},
    {"/etc/gshadow", CHANGE_ABSENT, "declare users and groups"},
    {"/etc/passwd.d", CHANGE_FILE, NULL},
    {"/etc/ccm/ccm.conf", CHANGE_FILE, "ccm.conf itself"},
    {"/etc/ccm/modules.d", CHANGE_DIRECTORY, "modules_d"},
    {"/etc/ccm/modules.d/x.conf", CHANGE_FILE, "modules_d"},
    {"/etc/ccm/modules.d", CHANGE_EXCLUSIVE, "modules_d"},
    {"/etc/ccm", CHANGE_EXCLUSIVE, "ccm.conf itself"},
    {"/etc/ccm", CHANGE_ABSENT, "ccm.conf itself"},
    {"/etc/ccm", CHANGE_SYMLINK, "ccm.conf itself"},
    {"/etc/ccm/key.pem", CHANGE_FILE, "store.key"},
    {"/var/lib/ccm", CHANGE_ABSENT, "state_dir"},
    {"/var/lib/ccm/journal", CHANGE_FILE, "state_dir"},
    {"/var/lib", CHANGE_SYMLINK, "state_dir"},
    {"/run/ccm/ccmd.sock", CHANGE_SYMLINK, "socket"},
    {"/usr/lib/ccm/modules/x.so", CHANGE_FILE, "module_dirs"},
    {"/usr/libexec/ccm/ccm-runner", CHANGE_FILE, "runner"},
    {"/srv/store/flag", CHANGE_FILE, "store.path"},
    {"/srv/objects/crons.json", CHANGE_FILE, "objects.path"},
    {"/proc/sys/kernel/core_pattern", CHANGE_FILE, "kernel"},
    {"/sys/power/state", CHANGE_FILE, "kernel"},
    {"/dev/sda", CHANGE_SYMLINK, "kernel"},
};

static void ccms_own_files_are_refused(void **state)
{
    struct protect *protect = protect_new(&config);
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(paths); i++) {
        struct error err = {""};
        int r = protect_check_path(protect, paths[i].kind, paths[i].path, &err);

        if (r != (paths[i].says ? -EPERM : 0) ||
            (paths[i].says && !strstr(err.text, paths[i].says)))
            fail_msg("%s: %d \"%s\"", paths[i].path, r, err.text);
    }
    protect_free(protect);
}

/* Below another root, what is outside of it cannot be hit. */
static void another_root_has_its_own_paths(void **state)
{
    struct config other = config;
    struct protect *protect;

    (void) state;
    other.root = "/srv/box";
    other.state_dir = "/srv/box/var/lib/ccm";
    protect = protect_new(&other);
    assert_int_equal(
        protect_check_path(protect, CHANGE_FILE, "/etc/ccm/ccm.conf", NULL), 0);
    assert_int_equal(protect_check_path(protect, CHANGE_FILE, "/proc/x", NULL),
                     0);
    assert_int_equal(
        protect_check_path(protect, CHANGE_FILE, "/var/lib/ccm/journal", NULL),
        -EPERM);
    protect_free(protect);
}

/* A path of ccm.conf is protected where it really is, too. */
static void symlinks_in_the_configuration_are_followed(void **state)
{
    char root[] = "/tmp/ccm-protect.XXXXXX", real[PATH_MAX];
    cleanup_free char *link_path = NULL, *state_dir = NULL, *target = NULL;
    struct config other = config;
    struct protect *protect;

    (void) state;
    assert_non_null(mkdtemp(root));
    assert_non_null(realpath(root, real));
    target = xasprintf("%s/real", root);
    link_path = xasprintf("%s/link", root);
    state_dir = xasprintf("%s/link", root);
    assert_int_equal(mkdir(target, 0700), 0);
    assert_int_equal(symlink("real", link_path), 0);
    other.root = root;
    other.state_dir = state_dir;
    protect = protect_new(&other);
    assert_int_equal(
        protect_check_path(protect, CHANGE_FILE, "/link/journal", NULL),
        -EPERM);
    assert_int_equal(
        protect_check_path(protect, CHANGE_FILE, "/real/journal", NULL),
        -EPERM);
    protect_free(protect);
    other.root = link_path;
    other.state_dir = xasprintf("%s/real/state", real);
    assert_int_equal(mkdir(other.state_dir, 0700), 0);
    protect = protect_new(&other);
    assert_int_equal(
        protect_check_path(protect, CHANGE_FILE, "/state/journal", NULL),
        -EPERM);
    protect_free(protect);
    assert_int_equal(rmdir(other.state_dir), 0);
    free(other.state_dir);
    unlink(link_path);
    rmdir(target);
    rmdir(root);
}

static const char *const to_sudo[] = {"www-data", "sudo", NULL};
static const char *const to_alias[] = {"alias", NULL};
static const char *const to_adm[] = {"www-data", "adm", NULL};

static const struct {
    struct change change;
    int r;
} changes[] = {
    {{.kind = CHANGE_USER, .name = "new", .id = 5000}, 0},
    {{.kind = CHANGE_USER, .name = "new"}, 0},
    {{.kind = CHANGE_USER, .name = "customer"}, 0},
    {{.kind = CHANGE_USER, .name = "new", .list = to_adm}, 0},
    {{.kind = CHANGE_USER, .name = "deploy", .id = 300}, 0},
    {{.kind = CHANGE_GROUP, .name = "customers"}, 0},
    {{.kind = CHANGE_USER, .name = "new", .id = 999}, -EPERM},
    {{.kind = CHANGE_USER, .name = "new", .id = 60001}, -EPERM},
    {{.kind = CHANGE_USER, .name = "root", .shell = "/bin/x"}, -EPERM},
    {{.kind = CHANGE_USER, .name = "daemon", .absent = true}, -EPERM},
    {{.kind = CHANGE_USER, .name = "new", .list = to_sudo}, -EPERM},
    {{.kind = CHANGE_USER, .name = "deploy", .list = to_sudo}, -EPERM},
    {{.kind = CHANGE_USER, .name = "new", .group = "sudo"}, -EPERM},
    {{.kind = CHANGE_USER, .name = "new", .group = "shadow"}, -EPERM},
    {{.kind = CHANGE_USER, .name = "new", .group = "42"}, -EPERM},
    {{.kind = CHANGE_USER, .name = "new", .group = "0"}, -EPERM},
    {{.kind = CHANGE_USER, .name = "new", .group = "customers"}, 0},
    {{.kind = CHANGE_USER, .name = "new", .group = "alias"}, -EPERM},
    {{.kind = CHANGE_USER, .name = "new", .list = to_alias}, -EPERM},
    {{.kind = CHANGE_USER, .name = "new", .home = "/var/lib/ccm"}, -EPERM},
    {{.kind = CHANGE_MEMBER, .name = "customer", .group = "alias"}, -EPERM},
    {{.kind = CHANGE_GROUP, .name = "shadow"}, -EPERM},
    {{.kind = CHANGE_GROUP, .name = "new", .id = 42}, -EPERM},
};

static void accounts_of_the_system_are_refused(void **state)
{
    static const char passwd[] = "root:x:0:0::/root:/bin/sh\n"
                                 "daemon:x:1:1::/:/bin/false\n"
                                 "customer:x:2000:2000::/home/c:/bin/sh\n";
    static const char group[] = "root:x:0:\nshadow:x:42:\n"
                                "customers:x:3000:\nalias:x:42:\n";
    char root[] = "/tmp/ccm-protect.XXXXXX";
    struct protect *protect = protect_new(&config);
    struct accounts *accounts;
    int root_fd, fd;
    size_t i;

    (void) state;
    assert_non_null(mkdtemp(root));
    root_fd = open(root, O_PATH | O_DIRECTORY);
    assert_int_equal(mkdirat(root_fd, "etc", 0755), 0);
    fd = openat(root_fd, "etc/passwd", O_WRONLY | O_CREAT, 0644);
    assert_int_equal(write(fd, passwd, strlen(passwd)), strlen(passwd));
    close(fd);
    fd = openat(root_fd, "etc/group", O_WRONLY | O_CREAT, 0644);
    assert_int_equal(write(fd, group, strlen(group)), strlen(group));
    close(fd);
    assert_int_equal(accounts_open(root_fd, &accounts, NULL), 0);
    for (i = 0; i < ARRAY_SIZE(changes); i++) {
        struct error err = {""};
        int r =
            protect_check_account(protect, accounts, &changes[i].change, &err);

        if (r != changes[i].r)
            fail_msg("case %zu, %s: %d \"%s\"", i, changes[i].change.name, r,
                     err.text);
    }
    accounts_free(accounts);
    protect_free(protect);
    unlinkat(root_fd, "etc/passwd", 0);
    unlinkat(root_fd, "etc/group", 0);
    unlinkat(root_fd, "etc", AT_REMOVEDIR);
    close(root_fd);
    rmdir(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ccms_own_files_are_refused),
        cmocka_unit_test(another_root_has_its_own_paths),
        cmocka_unit_test(symlinks_in_the_configuration_are_followed),
        cmocka_unit_test(accounts_of_the_system_are_refused),
    };

    return cmocka_run_group_tests_name("protect", tests, NULL, NULL);
}
