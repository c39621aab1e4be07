/* SPDX-License-Identifier: ISC */
/* `ccm-runner plan`: the preview. It is a run that stops after comparing. */
#include "host/mode_look.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/protocol.h"
#include "base/util.h"
#include "base/visible.h"
#include "host/run.h"

#include <errno.h>

/* Rejected objects come before the changes, as comments, so that standard
 * output is still a diff for patch(1). */
static void preview_rejected(const struct run *run)
{
    json_auto_t *rejected = run_rejected(run);
    const json_t *one;
    size_t i;

    json_array_foreach (rejected, i, one) {
        cleanup_buf struct buf line = BUF_INIT;

        buf_printf(&line, "# rejected: %s/%lld by %s: ",
                   json_string_or(one, "type", "?"),
                   (long long) json_integer_or(one, "id", 0),
                   json_string_or(one, "configuration", "?"));
        visible_put_line(&line, json_string_or(one, "error", "?"));
        puts(buf_text(&line));
    }
}

static int preview_json_out(struct run *run, struct engine *engine)
{
    json_auto_t *document = engine_preview_json(engine);
    char digest[DIGEST_SIZE];

    run_digest(run, engine, digest);
    json_object_set_new(document, "digest", json_string(digest));
    json_object_set_new(document, "rejected", run_rejected(run));
    json_object_set_new(document, "configurations", run_names(run));
    json_object_set_new(document, "revision",
                        json_integer(objects_revision(run->objects)));
    run_log(run);
    return mode_print(document);
}

static int preview_show(struct run *run, struct engine *engine,
                        const struct mode_plan *plan)
{
    char digest[DIGEST_SIZE];
    struct error err;

    if (plan->json)
        return preview_json_out(run, engine);
    run_log(run);
    preview_rejected(run);
    if (engine_preview_text(engine, stdout, plan->colour, &err) < 0)
        return mode_fail(err.text);
    run_digest(run, engine, digest);
    printf("# plan %s\n", digest);
    if (fflush(stdout) != 0)
        return mode_fail("cannot write to standard output");
    return CCM_EXIT_DONE;
}

static int preview_compare(struct run *run, const struct mode_plan *plan)
{
    struct engine_summary summary;
    struct engine *engine;
    struct error err;
    int status;

    if (engine_open(run->config, ENGINE_PREVIEW, &engine, &err) < 0)
        return mode_fail(err.text);
    /* The guard is for applying; a preview shows what the guard would stop. */
    engine_allow_removals(engine);
    if (engine_compare(engine, run->plan, &summary, &run->failure, &err) < 0)
        status = mode_fail(err.text);
    else
        status = preview_show(run, engine, plan);
    engine_close(engine);
    if (status == CCM_EXIT_DONE && plan->exit_code &&
        summary.changes + summary.services > 0)
        return CCM_EXIT_CHANGES;
    return status;
}

int mode_plan(struct config *config, const struct mode_plan *plan)
{
    __attribute__((cleanup(run_done))) struct run run;
    struct error err;
    int r;

    run_init(&run, config);
    r = run_load(&run, &err);
    if (r == 0)
        r = run_check_catalog(&run, plan->catalog, &err);
    if (r == 0)
        r = run_select_types(&run, plan->types, &err);
    if (r == 0)
        r = run_plan(&run, 0, &err);
    if (r < 0) {
        run_log(&run);
        return mode_fail(err.text);
    }
    if (!plan->check_only)
        return preview_compare(&run, plan);
    run_log(&run);
    return CCM_EXIT_DONE;
}
