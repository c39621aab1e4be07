/* SPDX-License-Identifier: ISC */
/*
 * For those who write modules, without a daemon: ccmctl module new and check.
 * The files of a new module are in etc/module and are compiled in, so that
 * ccmctl works from any place.
 */
#include "ctl.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/util.h"
#include "ctl/text.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#define NAME_MAX_BYTES 63
#define PLACE_HOLDER "NAME"

static const struct {
    const char *path;
    const char *text;
} templates[] = {
#include "core/ctl/module_template.inc"
};

static bool make_name_valid(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t size = strlen(name);

    return size > 0 && size <= NAME_MAX_BYTES && name[0] >= 'a' &&
           name[0] <= 'z' && strspn(name, letters) == size;
}

/* The text with the name filled in. Returns new (freed with free). */
static char *make_fill(const char *text, const char *name)
{
    struct buf out = BUF_INIT;
    const char *place;

    while ((place = strstr(text, PLACE_HOLDER))) {
        buf_add(&out, text, (size_t) (place - text));
        buf_puts(&out, name);
        text = place + strlen(PLACE_HOLDER);
    }
    buf_puts(&out, text);
    return buf_take(&out);
}

static int make_file(const char *name, const char *path, const char *text,
                     struct error *err)
{
    cleanup_free char *filled = make_fill(path, name);
    cleanup_free char *full = xasprintf("%s/%s", name, filled);
    cleanup_free char *content = make_fill(text, name);
    mode_t mode = content[0] == '#' && content[1] == '!' ? 0755 : 0644;
    char *slash = strrchr(full, '/');
    cleanup_close int fd = -1;
    int r;

    *slash = '\0';
    r = io_make_dirs(full, err);
    *slash = '/';
    if (r < 0)
        return r;
    fd = open(full, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    r = fd < 0 ? -errno : io_write_all(fd, content, strlen(content));
    return r < 0 ? error_errno(err, r, "%s", full) : 0;
}

int command_module_new(struct ctl *ctl)
{
    const char *name = ctl->words[0];
    size_t i;
    int r = 0;

    if (!make_name_valid(name))
        return ctl_fail(ctl, CCM_EXIT_USAGE,
                        "\"%s\" is not a valid module name: [a-z][a-z0-9-]*, "
                        "at most %d bytes",
                        name, NAME_MAX_BYTES);
    if (mkdir(name, 0755) < 0)
        return ctl_fail(ctl, CCM_EXIT_FAILED,
                        errno == EEXIST ? "%s: already exists" : "%s: %m",
                        name);
    for (i = 0; i < ARRAY_SIZE(templates) && r == 0; i++)
        r = make_file(name, templates[i].path, templates[i].text, &ctl->error);
    if (r < 0)
        return CCM_EXIT_FAILED;
    if (ctl->json) {
        json_auto_t *document = json_pack("{s:s}", "module", name);

        return ctl_print_json(ctl, document);
    }
    text_line(ctl->out, "created %s/; next: cd %s && make && make check", name,
              name);
    return CCM_EXIT_DONE;
}

int command_module_check(struct ctl *ctl)
{
    const char *arguments[12] = {NULL};
    cleanup_free char *runner = NULL;
    const char *file;
    int n = 1, status = ctl_runner(ctl, &runner, &file);

    if (status != CCM_EXIT_DONE)
        return status;
    arguments[0] = runner;
    if (file) {
        arguments[n++] = "-c";
        arguments[n++] = file;
    }
    arguments[n++] = "check";
    if (ctl->options.objects) {
        arguments[n++] = "--objects";
        arguments[n++] = ctl->options.objects;
    }
    if (ctl->options.settings) {
        arguments[n++] = "--settings";
        arguments[n++] = ctl->options.settings;
    }
    if (ctl->json)
        arguments[n++] = "--json";
    arguments[n++] = "--";
    arguments[n++] = ctl->words[0];
    fflush(ctl->out);
    execv(runner, (char *const *) arguments);
    return ctl_fail(ctl, CCM_EXIT_FAILED,
                    "%s: %m; set runner = \"...\" in ccm.conf", runner);
}
