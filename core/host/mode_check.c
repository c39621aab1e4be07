/* SPDX-License-Identifier: ISC */
/*
 * `ccm-runner check FILE`: checks a module as the host does when it loads it,
 * then lets it plan with its sample objects, again, and with the samples in
 * other forms. So the author of a module learns of faults that would otherwise
 * happen on a node, with a customer's object.
 *
 * Whether a module uses the clock shows only when the clock has moved on, so
 * the second plan waits for the next second.
 */
#include "host/mode_check.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/json.h"
#include "base/protocol.h"
#include "base/util.h"
#include "base/visible.h"
#include "change/engine.h"
#include "host/describe.h"
#include "host/mode_look.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

/* Its present path may not be the final one, so this is only a note. */
static int mode_check_open_anyhow(struct mode_check *check, const char *path,
                                  struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;

    mode_check_note(check, "ccm would refuse to load this file: %s", err->text);
    if (fd < 0 || fstat(fd, &st) < 0)
        return error_errno(err, -errno, "%s", path);
    check->file = xcalloc(1, sizeof(*check->file));
    *check->file = (struct module_file){.path = xstrdup(path),
                                        .fd = fd,
                                        .device = st.st_dev,
                                        .inode = st.st_ino};
    return libraries_find(NULL, fd, path, &check->file->libraries, err);
}

static bool mode_check_is_in(char *const *dirs, const char *path)
{
    for (; dirs && *dirs; dirs++) {
        cleanup_free char *dir = realpath(*dirs, NULL);
        const char *rest = dir ? after_prefix(path, dir) : NULL;

        if (rest && rest[0] == '/')
            return true;
    }
    return false;
}

/* A link in module_dirs to a file elsewhere: ccm refuses to load that. */
static void mode_check_link(struct mode_check *check, const char *file,
                            const char *path)
{
    char *const *dirs = check->config->module_dirs;
    cleanup_free char *copy = xstrdup(file), *parent = NULL, *here = NULL;
    char *slash = strrchr(copy, '/');

    if (slash)
        *slash = '\0';
    parent = realpath(slash == copy ? "/" : slash ? copy : ".", NULL);
    if (!parent)
        return;
    here = xasprintf("%s/%s", parent, slash ? slash + 1 : copy);
    if (mode_check_is_in(dirs, here) && !mode_check_is_in(dirs, path))
        mode_check_find(check,
                        "%s is a symbolic link out of module_dirs, to %s: ccm "
                        "refuses to load it",
                        here, path);
}

static int mode_check_open(struct mode_check *check, const char *file,
                           struct error *err)
{
    cleanup_free char *path = realpath(file, NULL), *dir = NULL;
    const char *dirs[2] = {NULL, NULL};
    int r;

    if (!path)
        return error_errno(err, -errno, "%s", file);
    dir = xstrndup(path, (size_t) (strrchr(path, '/') - path) + 1);
    dirs[0] = dir;
    mode_check_link(check, file, path);
    r = module_open(&check->trust, dirs, path, &check->file, err);
    return r == -EPERM ? mode_check_open_anyhow(check, path, err) : r;
}

/* file: as in modules.d; NULL: none. Its "module" is not looked at. */
static int mode_check_read_declaration(struct mode_check *check,
                                       const char *file, struct error *err)
{
    cleanup_free char *text = NULL;
    int r = 0;

    if (file)
        r = io_read_file(AT_FDCWD, file, DECLARATION_BYTES_MAX, &text, NULL,
                         err);
    if (r < 0)
        return error_prefix(err, r, "%s", file);
    r = declaration_parse(file ? file : "the defaults",
                          text ? text : "module = \"it\";", &check->declaration,
                          err);
    if (r == 0 && check->declaration.program)
        r = program_open(&check->trust, check->declaration.program,
                         &check->program, err);
    return r;
}

/* Returns 1 if it can be loaded, 0 if not (a finding), or -errno. */
static int mode_check_describe(struct mode_check *check, struct error *err)
{
    struct describe_task task = {.declaration = &check->declaration,
                                 .file = check->file};
    int r = describe_all(check->config, check->confine, &task, 1, err);

    if (r == 0 && task.error)
        mode_check_find(check, "%s", task.error);
    if (r == 0 && task.answer) {
        configuration_fill(&check->configuration, &task);
        check->configuration.program = check->program;
        r = 1;
    }
    describe_task_done(&task);
    return r;
}

/* Without --objects there are none, of any type. */
static int mode_check_fetch(struct mode_check *check, bool given,
                            struct error *err)
{
    const char *const *types =
        (const char *const *) check->configuration.subscribes;
    const char *none[] = {NULL};
    struct objects *objects;
    size_t i;
    int r;

    check->objects = json_object();
    if (!given)
        return 0;
    r = objects_fetch(check->config, types ? types : none, 0, &objects, err);
    if (r < 0)
        return r;
    for (i = 0; types && types[i]; i++)
        json_object_set(check->objects, types[i],
                        (json_t *) objects_of(objects, types[i]));
    objects_free(objects);
    return 0;
}

static void mode_check_next_second(void)
{
    time_t now = time(NULL);

    while (time(NULL) == now)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
}

static int mode_check_again(struct mode_check *check, const struct plan *usual,
                            struct error *err)
{
    cleanup_free char *differs = NULL;
    struct mode_check_plan plan = {.result = {.fd = -1}};
    int r;

    mode_check_next_second();
    r = mode_check_plan(check, check->objects, false, &plan, err);
    if (r == 0 && !plan.plan)
        mode_check_find(check, "planning again with the same objects: %s",
                        plan.error);
    if (r == 0 && plan.plan)
        differs = mode_check_compare(usual, plan.plan);
    if (differs)
        mode_check_find(check,
                        "the same objects do not give the same plan (a clock? "
                        "random numbers? addresses?): %s",
                        differs);
    mode_check_plan_done(&plan);
    return r;
}

/* Would "plan" show it on this node? Declarations of configurations that it
 * depends on are missing here. */
static int mode_check_node(struct mode_check *check, const struct plan *plan,
                           struct error *err)
{
    const struct configuration *c = &check->configuration;
    struct config *config = (struct config *) check->config;
    struct engine_summary summary;
    struct engine_failure failure;
    struct engine *engine;
    struct error why;
    int r = engine_open(config, ENGINE_PREVIEW, &engine, err);

    if (r < 0)
        return r;
    engine_allow_removals(engine);
    if (engine_compare(engine, plan, &summary, &failure, &why) == 0)
        why.text[0] = '\0';
    else if ((c->depends && c->depends[0]) || (c->after && c->after[0]))
        mode_check_note(check, "by itself, it cannot be compared with %s: %s",
                        config->root, why.text);
    else
        mode_check_find(check, "it cannot be compared with %s: %s",
                        config->root, why.text);
    engine_close(engine);
    return 0;
}

static int mode_check_plans(struct mode_check *check, struct error *err)
{
    struct mode_check_plan usual = {.result = {.fd = -1}};
    int r = mode_check_plan(check, check->objects, false, &usual, err);

    if (r == 0 && !usual.plan)
        mode_check_find(check, "plan: %s", usual.error);
    if (r == 0 && usual.plan)
        r = mode_check_node(check, usual.plan, err);
    if (r == 0 && usual.plan)
        r = mode_check_again(check, usual.plan, err);
    if (r == 0 && usual.plan)
        r = mode_check_orders(check, usual.plan, err);
    if (r == 0 && usual.plan)
        r = mode_check_fields(check, err);
    mode_check_plan_done(&usual);
    return r;
}

static int mode_check_module(struct mode_check *check,
                             const struct mode_check_options *mode,
                             struct error *err)
{
    int r = confine_new(check->config, &check->confine, err);

    if (r == 0)
        r = mode_check_open(check, mode->file, err);
    if (r == 0)
        r = mode_check_read_declaration(check, mode->settings, err);
    if (r == 0)
        r = mode_check_describe(check, err);
    if (r <= 0)
        return r;
    r = mode_check_fetch(check, mode->objects, err);
    if (!mode->objects)
        mode_check_note(check,
                        "planned without objects; use --objects to give some");
    return r == 0 ? mode_check_plans(check, err) : r;
}

static void mode_check_print_list(const json_t *list, const char *what)
{
    const json_t *text;
    size_t i;

    json_array_foreach (list, i, text) {
        cleanup_buf struct buf line = BUF_INIT;

        visible_put_line(&line, json_string_value(text));
        printf("%s: %s\n", what, buf_text(&line));
    }
}

static int mode_check_print(const struct mode_check *check, bool json)
{
    const struct configuration *c = &check->configuration;
    size_t n = json_array_size(check->findings);
    cleanup_buf struct buf line = BUF_INIT;

    if (json) {
        json_auto_t *document = json_pack(
            "{s:s, s:o, s:o, s:i, s:O, s:O}", "file", check->file->path,
            "module", c->module ? json_string(c->module) : json_null(),
            "version", c->version ? json_text(c->version) : json_null(),
            "plans", check->plans, "findings", check->findings, "notes",
            check->notes);

        mode_print(document);
    } else {
        mode_check_print_list(check->findings, "finding");
        mode_check_print_list(check->notes, "note");
        visible_put_line(&line, c->module ? c->module : check->file->path);
        buf_putc(&line, ' ');
        visible_put_line(&line, c->version ? c->version : "");
        printf("%s: %d plans, %zu finding%s\n", buf_text(&line), check->plans,
               n, n == 1 ? "" : "s");
    }
    return n > 0 ? CCM_EXIT_FAILED : CCM_EXIT_DONE;
}

static void mode_check_done(struct mode_check *check)
{
    configuration_done(&check->configuration);
    module_close(check->file);
    program_close(check->program);
    declaration_done(&check->declaration);
    trust_done(&check->trust);
    confine_free(check->confine);
    json_decref(check->objects);
    json_decref(check->findings);
    json_decref(check->notes);
}

int mode_check(struct config *config, const struct mode_check_options *mode)
{
    struct mode_check check = {
        .config = config, .findings = json_array(), .notes = json_array()};
    struct error err;
    int status;

    if (mode_check_module(&check, mode, &err) < 0)
        status = mode_fail(err.text);
    else
        status = mode_check_print(&check, mode->json);
    mode_check_done(&check);
    return status;
}
