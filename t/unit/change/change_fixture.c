/* SPDX-License-Identifier: ISC */
/* A node of its own for a test of core/change. */
#include "change_fixture.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/path.h"
#include "base/util.h"
#include "plan/wire.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

static void must(bool condition, const char *what)
{
    if (condition)
        return;
    perror(what);
    abort();
}

#define MUST(condition) must((condition), #condition)

static const char *fixture_scratch(void)
{
    const char *dir = getenv("TMPDIR");

    if (dir && *dir && strlen(dir) < 30)
        return dir;
    return access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}

void fixture_use(struct change_fixture *fixture, const char *dir)
{
    struct config *config = &fixture->config;

    *fixture = (struct change_fixture){0};
    snprintf(fixture->dir, sizeof(fixture->dir), "%s", dir);
    snprintf(fixture->root, sizeof(fixture->root), "%s/root", dir);
    snprintf(fixture->state, sizeof(fixture->state), "%s/state", dir);
    config->root = fixture->root;
    config->state_dir = fixture->state;
    config->accounts_last = UINT32_MAX - 1;
    config->max_removals = 1000;
    config->max_removals_percent = 100;
    config->history_max = 10;
    config->history_days = 10;
}

void fixture_open(struct change_fixture *fixture)
{
    char dir[64];

    snprintf(dir, sizeof(dir), "%s/ccm-XXXXXX", fixture_scratch());
    MUST(mkdtemp(dir));
    fixture_use(fixture, dir);
    MUST(mkdir(fixture->root, 0755) == 0);
    fixture_mkdir(fixture, "/etc", 0755);
    fixture_write(fixture, "/etc/passwd",
                  "root:x:0:0::/root:/bin/sh\nalice:x:4001:4001::/:/bin/sh\n",
                  0644);
    fixture_write(fixture, "/etc/group", "root:x:0:\nalice:x:4001:\n", 0644);
}

static void argv_free(char **argv)
{
    size_t i;

    for (i = 0; argv && argv[i]; i++)
        free(argv[i]);
    free(argv);
}

void fixture_leave(struct change_fixture *fixture)
{
    size_t i;

    for (i = 0; i < fixture->config.n_services; i++) {
        struct config_service *service = &fixture->config.services[i];

        free(service->name);
        argv_free(service->test);
        argv_free(service->reload);
        argv_free(service->restart);
        argv_free(service->check);
    }
    free(fixture->config.services);
    fixture->config.n_services = 0;
    fixture->config.services = NULL;
}

static void remove_all(int dir_fd, const char *name)
{
    int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;

    if (!dir) {
        unlinkat(dir_fd, name, 0);
        return;
    }
    while ((entry = readdir(dir)))
        if (!streq(entry->d_name, ".") && !streq(entry->d_name, ".."))
            remove_all(fd, entry->d_name);
    closedir(dir);
    unlinkat(dir_fd, name, AT_REMOVEDIR);
}

void fixture_done(struct change_fixture *fixture)
{
    fixture_leave(fixture);
    remove_all(AT_FDCWD, fixture->dir);
}

int fixture_setup(void **state)
{
    static struct change_fixture fixture;

    fixture_open(&fixture);
    *state = &fixture;
    return 0;
}

int fixture_teardown(void **state)
{
    fixture_done(*state);
    return 0;
}

static char **shell(const char *text)
{
    char **argv;

    if (!text)
        return NULL;
    argv = xcalloc(4, sizeof(*argv));
    argv[0] = xstrdup("/bin/sh");
    argv[1] = xstrdup("-c");
    argv[2] = xstrdup(text);
    return argv;
}

void fixture_service(struct change_fixture *fixture, const char *name,
                     const char *test, const char *reload, const char *check)
{
    struct config *config = &fixture->config;
    struct config_service *service;

    config->services = xrealloc(
        config->services, (config->n_services + 1) * sizeof(*config->services));
    service = &config->services[config->n_services++];
    *service = (struct config_service){.name = xstrdup(name),
                                       .test = shell(test),
                                       .reload = shell(reload),
                                       .restart = shell(reload),
                                       .check = shell(check),
                                       .timeout_ms = 30000};
}

void fixture_write(const struct change_fixture *fixture, const char *path,
                   const char *content, mode_t mode)
{
    cleanup_free char *full = path_join(fixture->root, path);
    cleanup_close int fd = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    MUST(fd >= 0 && io_write_all(fd, content, strlen(content)) == 0);
    MUST(fchmod(fd, mode) == 0);
}

void fixture_mkdir(const struct change_fixture *fixture, const char *path,
                   mode_t mode)
{
    cleanup_free char *full = path_join(fixture->root, path);

    MUST(mkdir(full, 0700) == 0 && chmod(full, mode) == 0);
}

char *fixture_read(const struct change_fixture *fixture, const char *path)
{
    cleanup_free char *full = path_join(fixture->root, path);
    char *text;

    if (io_read_file(AT_FDCWD, full, 1 << 20, &text, NULL, NULL) < 0)
        return xstrdup("");
    return text;
}

bool fixture_exists(const struct change_fixture *fixture, const char *path)
{
    cleanup_free char *full = path_join(fixture->root, path);
    struct stat st;

    return lstat(full, &st) == 0;
}

static void picture_entry(struct buf *out, int dir_fd, const char *name,
                          const char *path)
{
    cleanup_free char *text = NULL;
    char target[4096], *c;
    struct stat st;
    ssize_t n;

    MUST(fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0);
    buf_printf(out, "%s %06o %u:%u", path, st.st_mode, st.st_uid, st.st_gid);
    if (S_ISREG(st.st_mode) &&
        io_read_file(dir_fd, name, 1 << 20, &text, NULL, NULL) == 0) {
        for (c = text; *c; c++)
            *c = *c == '\n' ? '$' : *c;
        buf_printf(out, " \"%s\"", text);
    }
    if (S_ISLNK(st.st_mode)) {
        n = readlinkat(dir_fd, name, target, sizeof(target));
        buf_printf(out, " -> %.*s", (int) n, target);
    }
    buf_putc(out, '\n');
}

static void picture_dir(struct buf *out, const char *dir, const char *path)
{
    struct dirent **names;
    int i, n = scandir(dir, &names, NULL, alphasort);
    cleanup_close int fd = open(dir, O_RDONLY | O_DIRECTORY);

    MUST(n >= 0 && fd >= 0);
    for (i = 0; i < n; i++) {
        const char *name = names[i]->d_name;
        cleanup_free char *full = path_join(dir, name);
        cleanup_free char *shown = path_join(path, name);
        struct stat st;

        if (!streq(name, ".") && !streq(name, "..")) {
            picture_entry(out, fd, name, shown);
            if (lstat(full, &st) == 0 && S_ISDIR(st.st_mode))
                picture_dir(out, full, shown);
        }
        free(names[i]);
    }
    free(names);
}

char *fixture_picture(const char *dir)
{
    struct buf out = BUF_INIT;

    picture_dir(&out, dir, "/");
    return buf_take(&out);
}

void fixture_wire(struct buf *out, const struct change *changes, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        struct change c = changes[i];
        bool owned = c.kind == CHANGE_FILE || c.kind == CHANGE_DIRECTORY ||
                     c.kind == CHANGE_SYMLINK;

        if (owned && !c.owner)
            c.owner = "root";
        if (owned && !c.group)
            c.group = "root";
        if (c.kind == CHANGE_FILE && c.mode == 0)
            c.mode = 0644;
        if (c.content && c.size == 0)
            c.size = strlen(c.content);
        wire_put(out, &c);
    }
}

int fixture_plan_add(struct fixture_plan *plan, const char *name,
                     const struct change *changes, size_t n, struct error *err)
{
    struct buf *bytes = &plan->bytes[plan->n++];

    MUST(plan->n <= ARRAY_SIZE(plan->bytes));
    if (!plan->plan)
        plan->plan = plan_new();
    fixture_wire(bytes, changes, n);
    return plan_add(plan->plan, name, buf_text(bytes), bytes->size, err);
}

void fixture_plan_done(struct fixture_plan *plan)
{
    plan_free(plan->plan);
    while (plan->n > 0)
        buf_done(&plan->bytes[--plan->n]);
    plan->plan = NULL;
}

static int fixture_run(struct change_fixture *fixture,
                       const struct change *changes, size_t n, bool apply,
                       struct fixture_result *result)
{
    struct fixture_plan plan = {0};
    struct engine *engine;
    int r;

    *result = (struct fixture_result){0};
    r = fixture_plan_add(&plan, "conf", changes, n, &result->err);
    if (r == 0)
        r = engine_open(&fixture->config, apply ? ENGINE_APPLY : ENGINE_PREVIEW,
                        &engine, &result->err);
    if (r == 0) {
        r = engine_compare(engine, plan.plan, &result->summary,
                           &result->failure, &result->err);
        if (r == 0 && apply)
            r = engine_apply(engine,
                             &(struct engine_order){
                                 .turn = "turn", .who = "test", .revision = 1},
                             &result->failure, &result->err);
        engine_close(engine);
    }
    fixture_plan_done(&plan);
    return r;
}

int fixture_apply(struct change_fixture *fixture, const struct change *changes,
                  size_t n, struct fixture_result *result)
{
    return fixture_run(fixture, changes, n, true, result);
}

int fixture_compare(struct change_fixture *fixture,
                    const struct change *changes, size_t n,
                    struct fixture_result *result)
{
    return fixture_run(fixture, changes, n, false, result);
}

const char *fixture_recover(struct change_fixture *fixture)
{
    struct engine *engine;
    const char *recovered = NULL;
    struct error err = {{0}};
    int r = engine_open(&fixture->config, ENGINE_APPLY, &engine, &err);

    if (r == 0) {
        r = engine_recover(engine, &recovered, &err);
        engine_close(engine);
    }
    if (r < 0)
        fprintf(stderr, "recover: %s\n", err.text);
    MUST(r == 0);
    return recovered;
}
