/* SPDX-License-Identifier: ISC */
/*
 * `ccm-runner run`: one job of ccmd, by the protocol of base/protocol.h.
 *
 * The runner does not outlive ccmd: the kernel kills it then, and the journal
 * tells the next ccmd what to recover. A service manager may send SIGTERM to
 * both at once; after the order to apply it is ignored, because ccmd waits for
 * the end of the turn.
 *
 * ccmd keeps one waiting for the next job: it prepares everything that does not
 * depend on the job (libraries, the filter of the confinement, the descriptions
 * of modules), so that the job starts sooner.
 */
#include "host/mode_look.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/json.h"
#include "base/log.h"
#include "base/protocol.h"
#include "base/util.h"
#include "host/names.h"
#include "host/record.h"
#include "host/run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>

#define REJECTED_MAX 100 /* told to ccmd */
#define REJECTED_TEXT_MAX 1000

struct mode_run {
    struct run run;
    struct engine *engine;
    struct engine_summary summary;
    struct buf input;   /* from standard input, not yet used */
    char **names;       /* NULL: all */
    const char **known; /* all of the catalog; freed by mode_run */
    char *config;       /* the digest of ccmd's ccm.conf; NULL: any */
    char *catalog;      /* the digest that ccmd knows; NULL: any */
    char *plan;         /* of what was previewed; NULL: any */
    char *who;
    int64_t revision;
    bool allow_removals;
    bool differs; /* the plan is another than that of job->plan */
};

/* Takes value. A reader that is gone is not waited for. */
static void mode_run_say(json_t *value)
{
    cleanup_free char *line = json_line(value);
    cleanup_free char *text = xasprintf("%s\n", line);

    io_write_all(STDOUT_FILENO, text, strlen(text));
    json_decref(value);
}

/* Returns 1 with a line in *value, 0 at the end of the input, or -errno. */
static int mode_run_read(struct mode_run *job, json_t **value,
                         struct error *err)
{
    char bytes[65536], *end = NULL;
    ssize_t n;
    int r;

    while (job->input.size == 0 ||
           !(end = memchr(job->input.data, '\n', job->input.size))) {
        if (job->input.size > PROTOCOL_LINE_MAX)
            return error_set(err, -EMSGSIZE, "a line of more than %d bytes",
                             PROTOCOL_LINE_MAX);
        n = read(STDIN_FILENO, bytes, sizeof(bytes));
        if (n == 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return error_errno(err, -errno, "standard input");
        if (n > 0)
            buf_add(&job->input, bytes, (size_t) n);
    }
    r = json_parse(job->input.data, (size_t) (end - job->input.data),
                   PROTOCOL_LINE_MAX, value, err);
    buf_shift(&job->input, (size_t) (end - job->input.data) + 1);
    return r < 0 ? r : 1;
}

static int mode_run_parse(struct mode_run *job, const json_t *document,
                          struct error *err)
{
    const json_t *fields, *names;
    const char *config, *catalog, *plan;
    int r = json_get_object(document, "job", &fields, err);

    if (r < 0)
        return r;
    names = json_object_get(fields, "configurations");
    if (names && !json_is_null(names)) {
        r = names_from_json(names, &job->names, err);
        if (r < 0)
            return error_prefix(err, r, "field \"configurations\"");
        if (!job->names)
            return error_set(err, -EPROTO,
                             "field \"configurations\" is an empty array");
    }
    config = json_string_or(fields, "config", "");
    job->config = config[0] ? xstrdup(config) : NULL;
    catalog = json_string_or(fields, "catalog", "");
    job->catalog = catalog[0] ? xstrdup(catalog) : NULL;
    plan = json_string_or(fields, "plan", "");
    job->plan = plan[0] ? xstrdup(plan) : NULL;
    job->who = xstrdup(json_string_or(fields, "who", "unknown"));
    job->revision = json_integer_or(fields, "revision", 0);
    job->allow_removals = json_bool_or(fields, "allow_removals", false);
    return 0;
}

static int mode_run_receive(struct mode_run *job, struct error *err)
{
    json_auto_t *document = NULL;
    int r = mode_run_read(job, &document, err);

    if (r == 0)
        r = error_set(err, -EPROTO,
                      "standard input ended before a job arrived");
    if (r > 0)
        r = mode_run_parse(job, document, err);
    return r < 0 ? run_fail(&job->run, r, "job", NULL) : 0;
}

/* Configurations outside of the catalog do not count for the digest. */
static void mode_run_tell_known(struct mode_run *job)
{
    const struct catalog *catalog = job->run.catalog;
    size_t i;

    job->known = xcalloc(catalog->n + 1, sizeof(*job->known));
    for (i = 0; i < catalog->n; i++)
        job->known[i] = catalog->list[i].name;
    engine_known(job->engine, job->known);
}

/* An operator has seen a plan and requested exactly that one. */
static int mode_run_check_plan(struct mode_run *job, struct error *err)
{
    char digest[DIGEST_SIZE];

    run_digest(&job->run, job->engine, digest);
    if (streq(digest, job->plan))
        return 0;
    job->differs = true;
    job->run.failure.rolled_back = true;
    return run_fail(&job->run,
                    error_set(err, -ESTALE,
                              "the plan is no longer %.40s but %s: nothing has "
                              "been applied; check \"ccmctl plan\" again",
                              job->plan, digest),
                    "compare", NULL);
}

static int mode_run_plan(struct mode_run *job, struct error *err)
{
    struct run *run = &job->run;
    int r = run_load(run, err);

    if (r == 0)
        r = run_check_catalog(run, job->catalog, err);
    if (r == 0)
        r = run_select_names(run, (const char *const *) job->names, err);
    if (r == 0)
        r = run_plan(run, job->revision, err);
    run_log(run);
    if (r < 0)
        return r;
    r = engine_open(run->config, ENGINE_APPLY, &job->engine, err);
    if (r < 0)
        return run_fail(run, r, "compare", NULL);
    mode_run_tell_known(job);
    if (job->allow_removals)
        engine_allow_removals(job->engine);
    r = engine_compare(job->engine, run->plan, &job->summary, &run->failure,
                       err);
    if (r < 0)
        run->failure.rolled_back = true;
    return r < 0 || !job->plan ? r : mode_run_check_plan(job, err);
}

static json_t *mode_run_owed(struct mode_run *job)
{
    json_auto_t *preview = engine_preview_json(job->engine);
    const json_t *service;
    json_t *owed = json_array();
    size_t i;

    json_array_foreach (json_object_get(preview, "services"), i, service)
        if (json_bool_or(service, "owed", false))
            json_array_append(owed, json_object_get(service, "name"));
    return owed;
}

/* The first rejected objects, cut to fit: a planner's text has any size. */
static json_t *mode_run_rejected(const json_t *rejected)
{
    json_t *some = json_array();
    const json_t *one;
    size_t i;

    json_array_foreach (rejected, i, one) {
        if (i == REJECTED_MAX)
            break;
        json_array_append_new(
            some,
            json_pack("{s:o, s:o, s:I, s:o}", "configuration",
                      json_text(json_string_or(one, "configuration", "?")),
                      "type", json_text(json_string_or(one, "type", "?")), "id",
                      (json_int_t) json_integer_or(one, "id", 0), "error",
                      json_text(json_string_or(one, "error", "?"))));
    }
    json_clip(some, REJECTED_TEXT_MAX);
    return some;
}

static void mode_run_say_planned(struct mode_run *job)
{
    json_auto_t *rejected = run_rejected(&job->run);
    char digest[DIGEST_SIZE];

    engine_digest(job->engine, digest);
    mode_run_say(json_pack(
        "{s:s, s:I, s:I, s:s, s:o, s:o, s:I, s:o}", "event", "planned",
        "revision", (json_int_t) objects_revision(job->run.objects), "changes",
        (json_int_t) job->summary.changes, "digest", digest, "owed",
        job->summary.owed > 0 ? mode_run_owed(job) : json_array(), "rejected",
        mode_run_rejected(rejected), "rejected_count",
        (json_int_t) json_array_size(rejected), "configurations",
        run_names(&job->run)));
}

static int mode_run_say_done(struct mode_run *job)
{
    char digest[DIGEST_SIZE];

    engine_digest(job->engine, digest);
    mode_run_say(json_pack("{s:s, s:I, s:s, s:I}", "event", "done", "changes",
                           (json_int_t) job->summary.changes, "digest", digest,
                           "revision",
                           (json_int_t) objects_revision(job->run.objects)));
    return CCM_EXIT_DONE;
}

int mode_run_fail(const char *why)
{
    mode_run_say(json_pack("{s:s, s:s, s:n, s:o, s:b, s:b}", "event", "failed",
                           "step", "load", "configuration", "error",
                           json_text(why), "transient", 1, "rolled_back", 1));
    return CCM_EXIT_FAILED;
}

/* r is the error of err. */
static int mode_run_say_failed(const struct mode_run *job, int r,
                               const struct error *err)
{
    const struct engine_failure *failure = &job->run.failure;

    mode_run_say(json_pack(
        "{s:s, s:s, s:o, s:o, s:o*, s:b, s:b, s:b, s:b}", "event", "failed",
        "step", failure->step ? failure->step : "job", "configuration",
        failure->configuration[0] ? json_string(failure->configuration)
                                  : json_null(),
        "error", json_text(err->text), "machine",
        error_is_machine(r) ? json_true() : NULL, "transient",
        job->run.transient, "died", job->run.died, "rolled_back",
        failure->rolled_back, "differs", job->differs));
    return CCM_EXIT_FAILED;
}

static void mode_run_progress(void *userdata, const char *step,
                              const char *configuration, const char *detail)
{
    (void) userdata;
    mode_run_say(json_pack(
        "{s:s, s:s, s:o, s:o}", "event", "progress", "step", step,
        "configuration", configuration ? json_text(configuration) : json_null(),
        "detail", detail ? json_text(detail) : json_null()));
}

/* Returns 1 with the turn's id, 0 to drop the change, or -errno. */
static int mode_run_await_order(struct mode_run *job, char **turn,
                                struct error *err)
{
    json_auto_t *order = NULL;
    const char *what, *id;
    int r = mode_run_read(job, &order, err);

    if (r <= 0)
        return r;
    r = json_get_string(order, "order", &what, err);
    if (r == 0)
        r = json_get_string(order, "turn", &id, err);
    if (r == 0 && !streq(what, "apply"))
        r = error_set(err, -EPROTO, "order \"%.40s\" is unknown", what);
    if (r < 0)
        return run_fail(&job->run, r, "job", NULL);
    *turn = xstrdup(id);
    return 1;
}

static void mode_run_ignore(int signal)
{
    (void) signal;
}

/* A handler, not SIG_IGN, which the started commands would inherit. */
static void mode_run_ignore_signals(void)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    struct sigaction action = {.sa_handler = mode_run_ignore,
                               .sa_flags = SA_RESTART};
    size_t i;

    for (i = 0; i < ARRAY_SIZE(numbers); i++)
        sigaction(numbers[i], &action, NULL);
}

static int mode_run_apply(struct mode_run *job, const char *turn)
{
    struct engine_order order = {turn, job->who,
                                 objects_revision(job->run.objects),
                                 mode_run_progress, job};
    struct error err;
    int r;

    mode_run_ignore_signals();
    r = engine_apply(job->engine, &order, &job->run.failure, &err);
    return r < 0 ? mode_run_say_failed(job, r, &err) : mode_run_say_done(job);
}

static int mode_run_do(struct mode_run *job)
{
    cleanup_free char *turn = NULL;
    struct error err;
    int r = mode_run_receive(job, &err);

    if (r < 0)
        return mode_run_say_failed(job, r, &err);
    r = run_check_config(&job->run, job->config, &err);
    if (r == 0)
        r = mode_run_plan(job, &err);
    if (r < 0 && !job->run.transient &&
        !job->differs) /* else it is tried again soon */
        record_refused(&job->run, job->who, job->revision, &err);
    if (r < 0)
        return mode_run_say_failed(job, r, &err);
    mode_run_say_planned(job);
    if (job->summary.changes == 0 && job->summary.owed == 0)
        return mode_run_apply(job, NULL); /* records the digests */
    r = mode_run_await_order(job, &turn, &err);
    if (r < 0)
        return mode_run_say_failed(job, r, &err);
    return r == 0 ? CCM_EXIT_DONE : mode_run_apply(job, turn);
}

/* A runner without a job shows in process lists that it waits and does not
 * hang. */
static void mode_run_prepare(struct run *run)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

    if (poll(&input, 1, 0) != 0)
        return;
    prctl(PR_SET_NAME, "ccm-spare");
    run_prepare(run);
    while (poll(&input, 1, -1) < 0 && errno == EINTR)
        ;
    prctl(PR_SET_NAME, "ccm-runner");
}

int mode_run(struct config *config)
{
    struct mode_run job = {0};
    struct sigaction ignore = {.sa_handler = mode_run_ignore};
    int status;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigaction(SIGPIPE, &ignore, NULL);
    log_set_limit();
    run_init(&job.run, config);
    mode_run_prepare(&job.run);
    status = mode_run_do(&job);
    engine_close(job.engine);
    free(job.known);
    run_done(&job.run);
    names_free(job.names);
    free(job.config);
    free(job.catalog);
    free(job.plan);
    free(job.who);
    buf_done(&job.input);
    return status;
}
