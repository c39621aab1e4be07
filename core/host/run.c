/* SPDX-License-Identifier: ISC */
/* The steps of a run that come before the node is looked at. */
#include "host/run.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "base/util.h"
#include "host/names.h"
#include "host/run_types.h"

#include <errno.h>

void run_init(struct run *run, struct config *config)
{
    *run = (struct run){.config = config};
}

void run_done(struct run *run)
{
    size_t i;

    plan_free(run->plan);
    for (i = 0; run->results && i < run->n_selected; i++)
        planner_result_done(&run->results[i]);
    free(run->results);
    json_decref(run->bad);
    json_decref(run->bad_ids);
    objects_free(run->objects);
    free(run->selected);
    catalog_free(run->catalog);
    json_decref(run->answers);
    confine_free(run->confine);
    *run = (struct run){0};
}

int run_fail(struct run *run, int code, const char *step,
             const char *configuration)
{
    run->failure.step = step;
    run->failure.rolled_back = true; /* nothing has been changed yet */
    snprintf(run->failure.configuration, sizeof(run->failure.configuration),
             "%s", configuration ? configuration : "");
    return code;
}

void run_prepare(struct run *run)
{
    struct catalog *catalog = NULL;

    run->answers = json_object();
    if (confine_new(run->config, &run->confine, NULL) == 0 &&
        catalog_load(run->config, run->confine, &run->answers, &catalog,
                     NULL) == 0)
        catalog_free(catalog);
    objects_prepare(run->config);
}

int run_load(struct run *run, struct error *err)
{
    json_t **answers = run->answers ? &run->answers : NULL;
    int r = run->confine ? 0 : confine_new(run->config, &run->confine, err);

    if (r == 0)
        r = catalog_load(run->config, run->confine, answers, &run->catalog,
                         err);
    /* Modules that cannot be loaded are an accident of installation, not a
     * change that failed: no flag, and it is tried again. */
    run->transient = r < 0;
    return r < 0 ? run_fail(run, r, "load", NULL) : 0;
}

int run_check_config(struct run *run, const char *digest, struct error *err)
{
    int r = config_check_digest(run->config, digest, err);

    run->transient = r < 0;
    return r < 0 ? run_fail(run, r, "load", NULL) : 0;
}

int run_check_catalog(struct run *run, const char *digest, struct error *err)
{
    if (!digest || streq(digest, run->catalog->digest))
        return 0;
    run->transient = true;
    return run_fail(run,
                    error_set(err, -ESTALE,
                              "a module or a file in %s has changed since the "
                              "modules were loaded: run \"ccmctl module "
                              "reload\"",
                              run->config->modules_d),
                    "load", NULL);
}

static void run_select(struct run *run, const struct configuration *c)
{
    if (!run->selected)
        run->selected = xcalloc(run->catalog->n, sizeof(*run->selected));
    run->selected[run->n_selected++] = c;
}

int run_select_names(struct run *run, const char *const *names,
                     struct error *err)
{
    const char *const *name;
    size_t i;

    for (name = names; name && *name; name++)
        if (!catalog_find(run->catalog, *name))
            return run_fail(run,
                            error_set(err, -ENOENT,
                                      "configuration \"%s\" no longer exists",
                                      *name),
                            "job", *name);
    for (i = 0; i < run->catalog->n; i++)
        if (!names || names_has(names, run->catalog->list[i].name))
            run_select(run, &run->catalog->list[i]);
    return 0;
}

static bool run_wants(const struct configuration *c, const char *const *types)
{
    for (; types && *types; types++)
        if (names_has((const char *const *) c->subscribes, *types))
            return true;
    return false;
}

int run_select_types(struct run *run, const char *const *types,
                     struct error *err)
{
    size_t i, j;

    for (i = 0; types && types[i]; i++) {
        const char *one[] = {types[i], NULL};

        for (j = 0; j < run->catalog->n; j++)
            if (run_wants(&run->catalog->list[j], one))
                break;
        if (j == run->catalog->n)
            return run_fail(run,
                            error_set(err, -ENOENT,
                                      "no configuration subscribes to \"%s\" "
                                      "(see ccmctl module list)",
                                      types[i]),
                            "job", NULL);
    }
    for (i = 0; i < run->catalog->n; i++)
        if (!types || run_wants(&run->catalog->list[i], types))
            run_select(run, &run->catalog->list[i]);
    return 0;
}

static int run_fetch(struct run *run, int64_t revision, struct error *err)
{
    char **types = NULL;
    const char *none[] = {NULL};
    size_t i;
    int r;

    for (i = 0; i < run->n_selected; i++)
        names_merge(&types, (const char *const *) run->selected[i]->subscribes);
    r = objects_fetch(run->config, types ? (const char *const *) types : none,
                      revision, &run->objects, err);
    names_free(types);
    run->transient = r == -EAGAIN;
    return r < 0 ? run_fail(run, r, "objects", NULL) : 0;
}

/* Reports every configuration that failed, with the first one as the cause. */
static int run_check_results(struct run *run, struct error *err)
{
    const struct planner_result *first = NULL, *result;
    cleanup_buf struct buf text = BUF_INIT;
    size_t i;

    for (i = 0; i < run->n_selected; i++) {
        result = &run->results[i];
        if (result->outcome == PLANNER_OK)
            continue;
        if (!first || (first->outcome == PLANNER_SKIPPED &&
                       result->outcome != PLANNER_SKIPPED))
            first = result;
        buf_printf(&text, "%sconfiguration %s: %s",
                   text.size > 0 ? "; and " : "", result->configuration->name,
                   result->error);
    }
    if (!first)
        return 0;
    run->died = first->outcome == PLANNER_DIED && first->end == CONFINED_MEMORY;
    return run_fail(run, error_set(err, -EINVAL, "%s", buf_text(&text)), "plan",
                    first->configuration->name);
}

static int run_merge(struct run *run, struct error *err)
{
    size_t i;
    int r;

    run->plan = plan_new();
    for (i = 0; i < run->n_selected; i++) {
        const struct planner_result *result = &run->results[i];
        const char *name = result->configuration->name;

        r = plan_add(run->plan, name, result->wire, result->wire_size, err);
        if (r < 0) /* the error names the configuration */
            return run_fail(run, r, "plan", name);
    }
    return 0;
}

int run_plan(struct run *run, int64_t revision, struct error *err)
{
    struct planner_job job = {
        .config = run->config,
        .confine = run->confine,
        .selected = run->selected,
        .n = run->n_selected,
    };
    int r = run_fetch(run, revision, err);

    if (r < 0)
        return r;
    run_types_check(run);
    job.objects = run->objects;
    job.bad_ids = run->bad_ids;
    run->results = xcalloc(run->n_selected, sizeof(*run->results));
    r = planner_run(&job, run->results, err);
    if (r < 0)
        return run_fail(run, r, "plan", NULL);
    r = run_check_results(run, err);
    return r == 0 ? run_merge(run, err) : r;
}

void run_digest(const struct run *run, struct engine *engine,
                char digest[DIGEST_SIZE])
{
    json_auto_t *preview = engine_preview_json(engine);
    json_t *declared = json_object();
    cleanup_free char *line = NULL;
    size_t i;

    for (i = 0; i < run->plan->n_configurations; i++)
        json_object_set_new(declared, run->plan->configurations[i].name,
                            json_string(run->plan->configurations[i].digest));
    json_object_set_new(preview, "declared", declared);
    line = json_line(preview);
    digest_bytes(line, strlen(line), digest);
}

json_t *run_rejected(const struct run *run)
{
    json_t *all = json_array(), *one;
    size_t i, j;

    json_array_extend(all, run->bad);
    for (i = 0; run->results && i < run->n_selected; i++) {
        const char *name = run->results[i].configuration->name;

        json_array_foreach (run->results[i].rejected, j, one) {
            if (!json_is_object(one))
                continue;
            json_object_set_new(one, "configuration", json_string(name));
            json_array_append(all, one);
        }
    }
    return all;
}

json_t *run_names(const struct run *run)
{
    json_t *names = json_array();
    size_t i;

    for (i = 0; i < run->n_selected; i++)
        json_array_append_new(names, json_string(run->selected[i]->name));
    return names;
}

void run_log(const struct run *run)
{
    size_t i;

    for (i = 0; run->results && i < run->n_selected; i++) {
        cleanup_free char *log =
            xstrdup(run->results[i].log ? run->results[i].log : "");
        char *line, *rest = log;

        while ((line = strsep(&rest, "\n")))
            if (line[0])
                log_info("%s: %s", run->results[i].configuration->name, line);
    }
}
