/* SPDX-License-Identifier: ISC */
/*
 * applied.json and owed.json, parted by a form feed, as a bad disk or a
 * helpful hand leaves them: a run begins all the same, tells only what is the
 * name of a service, and writes what it reads back.
 */
#include "fuzz.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "change/engine.h"
#include "change/state.h"
#include "plan/plan_rules.h"

static void check_preview(struct engine *engine)
{
    json_auto_t *preview = engine_preview_json(engine);
    const json_t *service;
    char *text = NULL;
    size_t size = 0, i;
    FILE *out = open_memstream(&text, &size);
    struct error err;

    json_array_foreach (json_object_get(preview, "services"), i, service)
        fuzz_check(plan_rules_check_service(json_string_or(service, "name", ""),
                                            NULL) == 0);
    fuzz_check(engine_preview_text(engine, out, false, &err) == 0);
    fclose(out);
    fuzz_check(fuzz_is_visible(text, size, true));
    free(text);
}

static void try_run(struct config *config)
{
    static const char *const known[] = {"crontab", "fpm-pools", NULL};
    struct plan *plan = plan_new();
    struct engine_summary summary;
    struct engine_failure failure;
    struct engine *engine;
    char digest[33], again[33];

    fuzz_check(engine_open(config, ENGINE_PREVIEW, &engine, NULL) == 0);
    engine_known(engine, known);
    fuzz_check(engine_compare(engine, plan, &summary, &failure, NULL) == 0);
    fuzz_check(summary.changes == 0 && summary.services == summary.owed);
    check_preview(engine);
    engine_digest(engine, digest);
    engine_digest(engine, again);
    fuzz_check(strlen(digest) == 32 && streq(digest, again));
    engine_close(engine);
    plan_free(plan);
}

static void try_rewrite(const struct config *config)
{
    cleanup_close int fd = state_open(config->state_dir, false, NULL);
    json_auto_t *applied = state_applied(fd), *owed = state_owed(fd);
    json_auto_t *applied_again = NULL, *owed_again = NULL;

    fuzz_check(fd >= 0 && json_is_object(applied) && json_is_object(owed));
    fuzz_check(state_set_applied(fd, applied, NULL) == 0);
    fuzz_check(state_set_owed(fd, owed, NULL) == 0);
    applied_again = state_applied(fd);
    owed_again = state_owed(fd);
    fuzz_check(json_equal(applied, applied_again));
    fuzz_check(json_equal(owed, owed_again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *) data, size};
    size_t applied_size;
    cleanup_free char *applied = fuzz_cut(&input, '\f', &applied_size);
    cleanup_free char *state = xasprintf("%s/state", fuzz_directory());
    cleanup_free char *root = xasprintf("%s/root", fuzz_directory());
    struct config config = {.root = root,
                            .state_dir = state,
                            .max_removals = 10,
                            .max_removals_percent = 30};

    fuzz_write("root/etc/passwd", "", 0);
    fuzz_write("state/applied.json", applied, applied_size);
    fuzz_write("state/owed.json", input.next, input.left);
    try_run(&config);
    try_rewrite(&config);
    return 0;
}
