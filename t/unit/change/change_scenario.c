/* SPDX-License-Identifier: ISC */
/* What the fault tests run: every kind of change at least once. */
#include "change_scenario.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"

#include <fcntl.h>
#include <unistd.h>

#define OWNED_ .owner = "alice", .group = "alice"
#define WEB_ .service = "web"

static const struct change files[] = {
    FILE_("/etc/web.conf", "new", WEB_, .mode = 0640, OWNED_),
    FILE_("/etc/fresh", "fresh"),
    FILE_("/etc/mode", "same", .mode = 0600),
    FILE_("/etc/wasalink", "now a file"),
    LINK_("/etc/link", "new-target", OWNED_),
    LINK_("/etc/newlink", "target"),
    DIR_("/srv", 0750, OWNED_),
    DIR_("/new", 0755),
    DIR_("/new/sub", 0700, OWNED_),
    FILE_("/new/sub/f", "f", OWNED_),
    FILE_("/new/g", "g"),
    LINK_("/new/l", "g"),
    DIR_("/etc/wasafile", 0755),
    FILE_("/etc/wasafile/h", "h"),
    FILE_("/home/alice/in", "in", OWNED_),
    FILE_("/home/alice/over", "over", OWNED_),
    ABSENT_("/etc/gone"),
    ABSENT_("/srv/empty"),
    EXCLUSIVE_("/pool", "*.conf", WEB_),
};

static const struct change accounts[] = {
    {.kind = CHANGE_GROUP, .name = "staffers", .id = 4100},
    {.kind = CHANGE_USER, .name = "bob", .group = "staffers", .home = "/"},
    DIR_("/home/bob", 0700, .owner = "bob", .group = "staffers"),
    FILE_("/home/bob/f", "f", .owner = "bob", .group = "staffers"),
    FILE_("/etc/web.conf", "new", WEB_),
    COMMAND_("/bin/true"),
};

static const struct change refused[] = {
    FILE_("/etc/web.conf", "refused", WEB_),
    FILE_("/etc/fresh", "fresh"),
    DIR_("/srv", 0750, OWNED_),
    DIR_("/new", 0755),
    FILE_("/new/g", "g"),
    ABSENT_("/etc/gone"),
    ABSENT_("/srv/empty"),
};

const struct scenario scenarios[] = {
    {"files", files, ARRAY_SIZE(files), false, false},
    {"accounts", accounts, ARRAY_SIZE(accounts), false, false},
    {"refused", refused, ARRAY_SIZE(refused), true, false},
    {"no-flags", files, ARRAY_SIZE(files), false, true},
};
const size_t n_scenarios = ARRAY_SIZE(scenarios);

const struct scenario *scenario_find(const char *name)
{
    size_t i;

    for (i = 0; i < n_scenarios; i++)
        if (streq(scenarios[i].name, name))
            return &scenarios[i];
    return NULL;
}

static void scenario_link(const struct change_fixture *fixture,
                          const char *target, const char *path)
{
    cleanup_free char *full = xasprintf("%s%s", fixture->root, path);

    if (symlink(target, full) < 0)
        abort();
}

static void scenario_home(struct change_fixture *fixture)
{
    cleanup_free char *home = xasprintf("%s/home/alice", fixture->root);

    fixture_mkdir(fixture, "/home", 0755);
    fixture_mkdir(fixture, "/home/alice", 0711);
    fixture_write(fixture, "/home/alice/over", "mine", 0644);
    if (geteuid() == 0 && chown(home, 4001, 4001) < 0)
        abort();
}

void scenario_prepare(struct change_fixture *fixture)
{
    cleanup_free char *running = xasprintf("%s/running", fixture->dir);
    FILE *file = fopen(running, "w");

    if (!file || fputs("old", file) < 0 || fclose(file) != 0)
        abort();
    fixture_write(fixture, "/etc/web.conf", "old", 0644);
    fixture_write(fixture, "/etc/mode", "same", 0644);
    fixture_write(fixture, "/etc/gone", "gone", 0600);
    fixture_write(fixture, "/etc/wasafile", "file", 0644);
    scenario_link(fixture, "nowhere", "/etc/wasalink");
    scenario_link(fixture, "old-target", "/etc/link");
    fixture_mkdir(fixture, "/srv", 0755);
    fixture_mkdir(fixture, "/srv/empty", 0700);
    fixture_mkdir(fixture, "/pool", 0755);
    fixture_write(fixture, "/pool/a.conf", "a", 0644);
    fixture_write(fixture, "/pool/b.conf", "b", 0600);
    fixture_write(fixture, "/pool/c", "c", 0600);
    scenario_home(fixture);
}

void scenario_services(struct change_fixture *fixture,
                       const struct scenario *scenario)
{
    cleanup_free char *reload = xasprintf(
        "cat %s/etc/web.conf >%s/running; echo >>%s/reloads; %s %s/running",
        fixture->root, fixture->dir, fixture->dir,
        scenario->refused ? "! grep -q refused" : "true", fixture->dir);

    fixture_service(fixture, "web", "true", reload, "true");
}

char *scenario_picture(const struct change_fixture *fixture)
{
    cleanup_free char *all = fixture_picture(fixture->root);
    struct buf out = BUF_INIT;
    char *line, *save = NULL;

    for (line = strtok_r(all, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save))
        if (!strstr(line, "- 100") && !strstr(line, ".pwd.lock") &&
            !strstr(line, "/etc/shadow ") && !strstr(line, "/etc/gshadow ")) {
            buf_puts(&out, line);
            buf_putc(&out, '\n');
        }
    return buf_take(&out);
}

char *scenario_file(const struct change_fixture *fixture, const char *name)
{
    cleanup_free char *path = xasprintf("%s/%s", fixture->dir, name);
    char *text;

    return io_read_file(AT_FDCWD, path, 1 << 20, &text, NULL, NULL) < 0
               ? xstrdup("")
               : text;
}
