/* SPDX-License-Identifier: ISC */
/*
 * The catalog: from files to a checked, sorted set, or to an error; nothing in
 * between. Its digest covers what can differ between nodes (names, versions,
 * settings, dependencies, the contents of modules), but not the paths of the
 * files.
 */
#include "host/catalog.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/util.h"
#include "host/answers.h"
#include "host/declaration.h"
#include "host/describe.h"
#include "host/graph.h"
#include "host/names.h"

#include <errno.h>

/* The state while a catalog is made. */
struct catalog_work {
    const struct config *config;
    struct confine *confine;
    json_t **answers; /* NULL: none are kept */
    struct trust trust;
    struct declarations declarations;
    struct describe_task *tasks;
    struct catalog *catalog;
};

static void catalog_work_done(struct catalog_work *work)
{
    size_t i;

    for (i = 0; work->tasks && i < work->declarations.n; i++)
        describe_task_done(&work->tasks[i]);
    free(work->tasks);
    declarations_done(&work->declarations);
    trust_done(&work->trust);
    catalog_free(work->catalog);
}

/* Two declarations of one file share it, so it is loaded under one name. */
static struct module_file *catalog_share(struct catalog *catalog,
                                         struct module_file *file)
{
    size_t i;

    for (i = 0; i < catalog->n_files; i++) {
        if (catalog->files[i]->inode != file->inode ||
            catalog->files[i]->device != file->device)
            continue;
        module_close(file);
        return catalog->files[i];
    }
    xgrow(&catalog->files, &catalog->files_capacity, catalog->n_files,
          sizeof(*catalog->files));
    return catalog->files[catalog->n_files++] = file;
}

static int catalog_open_modules(struct catalog_work *work, struct error *err)
{
    const char *const *dirs = (const char *const *) work->config->module_dirs;
    size_t i;
    int r;

    work->tasks = xcalloc(work->declarations.n, sizeof(*work->tasks));
    for (i = 0; i < work->declarations.n; i++) {
        const struct declaration *declaration = &work->declarations.list[i];
        struct module_file *file;

        r = module_open(&work->trust, dirs, declaration->module, &file, err);
        if (r < 0)
            return error_prefix(err, r, "%s", declaration->file);
        work->tasks[i] =
            (struct describe_task){.declaration = declaration,
                                   .file = catalog_share(work->catalog, file)};
    }
    return 0;
}

static int catalog_open_programs(struct catalog_work *work, struct error *err)
{
    struct catalog *catalog = work->catalog;
    size_t n = work->declarations.n, i;
    int r;

    catalog->programs = xcalloc(n, sizeof(*catalog->programs));
    catalog->n_programs = n;
    for (i = 0; i < n; i++) {
        const struct declaration *declaration = &work->declarations.list[i];

        if (!declaration->program)
            continue;
        r = program_open(&work->trust, declaration->program,
                         &catalog->programs[i], err);
        if (r < 0)
            return error_prefix(err, r, "%s", declaration->file);
    }
    return 0;
}

/* The answers of all modules: the remembered ones if nothing has changed. */
static int catalog_describe(struct catalog_work *work, struct error *err)
{
    size_t n = work->declarations.n;
    int r;

    if (work->answers && answers_recall(*work->answers, work->tasks, n))
        return 0;
    r = describe_all(work->config, work->confine, work->tasks, n, err);
    if (r == 0 && work->answers) {
        json_decref(*work->answers);
        *work->answers = answers_of(work->tasks, n);
    }
    return r;
}

/* All errors, in the order of the files. */
static int catalog_check_tasks(const struct catalog_work *work,
                               struct error *err)
{
    cleanup_buf struct buf all = BUF_INIT;
    size_t i;

    for (i = 0; i < work->declarations.n; i++)
        if (work->tasks[i].error)
            buf_printf(&all, "%s%s", all.size > 0 ? "; and " : "",
                       work->tasks[i].error);
    return all.size > 0 ? error_set(err, -EINVAL, "%s", buf_text(&all)) : 0;
}

/* The descriptor's list and the declaration's. */
static char **catalog_names(const json_t *answer, const char *field,
                            char **more)
{
    char **names = NULL;

    /* Cannot fail: describe_all has checked it. */
    (void) names_from_json(json_object_get(answer, field), &names, NULL);
    names_merge(&names, (const char *const *) more);
    return names;
}

void configuration_fill(struct configuration *configuration,
                        const struct describe_task *task)
{
    const struct declaration *declaration = task->declaration;
    const char *module = json_string_or(task->answer, "name", "");

    *configuration = (struct configuration){
        .name = xstrdup(declaration->name ? declaration->name : module),
        .module = xstrdup(module),
        .version = xstrdup(json_string_or(task->answer, "version", "")),
        .summary = xstrdup(json_string_or(task->answer, "summary", "")),
        .file = task->file,
        .declared_in = xstrdup(declaration->file),
        .subscribes =
            catalog_names(task->answer, "subscribes", declaration->subscribes),
        .depends = catalog_names(task->answer, "depends", declaration->depends),
        .after = catalog_names(task->answer, "after", declaration->after),
        .settings = json_deep_copy(declaration->settings),
        .types = json_incref(json_object_get(task->answer, "types")),
    };
    /* Cannot fail: describing has checked them. */
    (void) catalog_types_settings(json_object_get(task->answer, "settings"),
                                  configuration->settings, NULL);
}

/* tasks in any order become the catalog's list in run order. */
static int catalog_sort(struct catalog_work *work, struct error *err)
{
    struct catalog *catalog = work->catalog;
    size_t n = work->declarations.n, i;
    struct configuration *all = xcalloc(n, sizeof(*all));
    cleanup_free struct graph_node *nodes = xcalloc(n, sizeof(*nodes));
    cleanup_free size_t *order = xcalloc(n, sizeof(*order));
    int r;

    for (i = 0; i < n; i++) {
        configuration_fill(&all[i], &work->tasks[i]);
        all[i].program = catalog->programs[i];
        nodes[i] = (struct graph_node){
            .name = all[i].name,
            .file = all[i].declared_in,
            .depends = (const char *const *) all[i].depends,
            .after = (const char *const *) all[i].after,
        };
        order[i] = i;
    }
    r = graph_sort(nodes, n, order, err);
    catalog->list = xcalloc(n, sizeof(*all));
    catalog->n = n;
    for (i = 0; i < n; i++)
        catalog->list[i] = all[order[i]];
    free(all);
    return r;
}

/* A line with everything that makes configurations differ. */
static char *catalog_line(const struct configuration *c)
{
    json_auto_t *value = json_pack(
        "{s:s, s:s, s:s, s:s, s:O, s:o, s:o, s:o}", "name", c->name, "version",
        c->version, "module", c->file->digest, "program",
        c->program ? c->program->file->digest : "", "settings", c->settings,
        "subscribes", names_json((const char *const *) c->subscribes),
        "depends", names_json((const char *const *) c->depends), "after",
        names_json((const char *const *) c->after));

    return json_line(value);
}

static void catalog_digest(struct catalog *catalog)
{
    cleanup_buf struct buf all = BUF_INIT;
    size_t i;

    for (i = 0; i < catalog->n; i++) {
        struct configuration *c = &catalog->list[i];
        cleanup_free char *line = catalog_line(c);

        digest_bytes(line, strlen(line), c->digest);
        buf_printf(&all, "%s\n", line);
    }
    digest_bytes(buf_text(&all), all.size, catalog->digest);
}

static int catalog_make(struct catalog_work *work, struct error *err)
{
    int r = declarations_load(work->config->modules_d, &work->trust,
                              &work->declarations, err);

    if (r == 0)
        r = catalog_open_modules(work, err);
    if (r == 0)
        r = catalog_open_programs(work, err);
    if (r == 0)
        r = catalog_describe(work, err);
    if (r == 0)
        r = catalog_check_tasks(work, err);
    if (r == 0)
        r = catalog_sort(work, err);
    if (r == 0)
        r = catalog_types_fill(work->catalog, err);
    if (r == 0)
        catalog_digest(work->catalog);
    return r;
}

int catalog_load(const struct config *config, struct confine *confine,
                 json_t **answers, struct catalog **out, struct error *err)
{
    struct catalog_work work = {.config = config,
                                .confine = confine,
                                .answers = answers,
                                .catalog = xcalloc(1, sizeof(*work.catalog))};
    int r = catalog_make(&work, err);

    if (r == 0)
        *out = STEAL(work.catalog);
    catalog_work_done(&work);
    return r;
}

void configuration_done(struct configuration *c)
{
    free(c->name);
    free(c->module);
    free(c->version);
    free(c->summary);
    free(c->declared_in);
    names_free(c->subscribes);
    names_free(c->depends);
    names_free(c->after);
    json_decref(c->settings);
    json_decref(c->types);
    *c = (struct configuration){0};
}

void catalog_free(struct catalog *catalog)
{
    size_t i;

    if (!catalog)
        return;
    catalog_types_done(catalog);
    for (i = 0; i < catalog->n; i++)
        configuration_done(&catalog->list[i]);
    for (i = 0; i < catalog->n_files; i++)
        module_close(catalog->files[i]);
    for (i = 0; i < catalog->n_programs; i++)
        program_close(catalog->programs[i]);
    free(catalog->list);
    free(catalog->files);
    free(catalog->programs);
    free(catalog);
}

const struct configuration *catalog_find(const struct catalog *catalog,
                                         const char *name)
{
    size_t i;

    for (i = 0; i < catalog->n; i++)
        if (streq(catalog->list[i].name, name))
            return &catalog->list[i];
    return NULL;
}

json_t *catalog_json(const struct catalog *catalog)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < catalog->n; i++) {
        const struct configuration *c = &catalog->list[i];

        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:s}",
                      "name", c->name, "module", c->module, "version",
                      c->version, "summary", c->summary, "file",
                      json_text(c->file->path), "program",
                      c->program ? json_text(c->program->file->path)
                                 : json_null(),
                      "declared_in", json_text(c->declared_in), "subscribes",
                      names_json((const char *const *) c->subscribes),
                      "depends", names_json((const char *const *) c->depends),
                      "after", names_json((const char *const *) c->after),
                      "digest", c->digest));
    }
    return json_pack("{s:s, s:o, s:o}", "digest", catalog->digest,
                     "configurations", list, "types",
                     catalog_types_json(catalog));
}
