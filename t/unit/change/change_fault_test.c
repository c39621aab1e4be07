/* SPDX-License-Identifier: ISC */
/*
 * The fault matrix. Each scenario is run once to list the fault points that
 * it passes; then, for each passage and each of kill, ENOSPC, EIO and EACCES,
 * it is run on a node of its own with that fault, recovered, and looked at:
 * all old or all new, nothing left behind, and the service runs what is on
 * disk. The same for the recovery itself, after a run that was killed half
 * way or past its commit point.
 *
 *   change_fault_test                    all cases, as TAP
 *   change_fault_test case CASE          one case again
 *   change_fault_test run SCENARIO DIR   one run (for the cases)
 *   change_fault_test recover SCENARIO DIR
 */
#include "change_scenario.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
/* What a run ends with, besides being killed. */
enum {
    RUN_DONE = 0,
    RUN_ROLLED_BACK = 1,
    RUN_UNFINISHED = 2,
};

static const char *const faults[] = {"kill", "ENOSPC", "EIO", "EACCES"};

/* A case by name: "scenario/crash/point:n:what", where crash is "-" (the fault
 * hits the run) or the fault that killed the run whose recovery is hit. */
struct fault_case {
    const struct scenario *scenario;
    char crash[64];
    char fault[96];
};

static char self[512];
static bool quiet = true; /* false: a case says why its runs failed */

static int driver_run(struct change_fixture *f, const struct scenario *scenario)
{
    struct fixture_result result;
    int r = fixture_apply(f, scenario->changes, scenario->n, &result);

    if (r == 0)
        return RUN_DONE;
    fprintf(stderr, "# %s: %s\n", result.failure.step, result.err.text);
    return result.failure.rolled_back ? RUN_ROLLED_BACK : RUN_UNFINISHED;
}

static int driver_recover(struct change_fixture *f)
{
    struct engine *engine;
    struct error err;
    const char *what;
    int r = engine_open(&f->config, ENGINE_APPLY, &engine, &err);

    if (r == 0) {
        r = engine_recover(engine, &what, &err);
        engine_close(engine);
    }
    if (r < 0)
        fprintf(stderr, "# recover: %s\n", err.text);
    return r < 0 ? RUN_UNFINISHED : RUN_DONE;
}

static int driver_main(const char *mode, const char *name, const char *dir)
{
    const struct scenario *scenario = scenario_find(name);
    struct change_fixture f;
    int r;

    if (!scenario)
        return 64;
    fixture_use(&f, dir);
    scenario_services(&f, scenario);
    if (scenario->no_flags)
        setenv("CCM_FAULT_NO_FLAGS", "1", 1);
    r = streq(mode, "run") ? driver_run(&f, scenario) : driver_recover(&f);
    fixture_leave(&f);
    return r;
}

/* Runs a child with a fault ("" for none). Returns its exit status, or -1 if
 * it was killed. */
static int spawn(const struct change_fixture *f, const char *mode,
                 const char *scenario, const char *fault)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        cleanup_free char *list = xasprintf("%s/list", f->dir);

        setenv("CCM_FAULT", fault, 1);
        setenv("CCM_FAULT_LIST", list, 1);
        if (quiet && !freopen("/dev/null", "w", stderr))
            _exit(126);
        execl(self, self, mode, scenario, f->dir, (char *) NULL);
        _exit(127);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Old and new pictures of a scenario, from a run without faults. */
struct expected {
    char *old, *new;
};

static struct expected expectations[8];

static const struct expected *expect(const struct scenario *scenario)
{
    struct expected *e = &expectations[scenario - scenarios];
    struct change_fixture f;

    if (e->old)
        return e;
    fixture_open(&f);
    scenario_prepare(&f);
    e->old = scenario_picture(&f);
    spawn(&f, "run", scenario->name, "");
    e->new = scenario_picture(&f);
    fixture_done(&f);
    return e;
}

struct outcome {
    char why[4096]; /* "" if all is well */
};

static void wrong(struct outcome *out, const char *why, const char *detail)
{
    if (!*out->why)
        snprintf(out->why, sizeof(out->why), "%s\n%s", why, detail);
}

static void check_clean(struct outcome *out, const struct change_fixture *f)
{
    cleanup_free char *root = fixture_picture(f->root);
    cleanup_free char *state = fixture_picture(f->state);

    if (strstr(root, "/.ccm."))
        wrong(out, "a temporary file was left behind", root);
    if (strstr(state, "/journal ") || strstr(state, ".new "))
        wrong(out, "the state directory is not clean", state);
}

static void check_service(struct outcome *out, const struct change_fixture *f)
{
    cleanup_free char *running = scenario_file(f, "running");
    cleanup_free char *conf = fixture_read(f, "/etc/web.conf");

    if (!streq(running, conf))
        wrong(out, "the service does not run what is on disk", running);
}

static void check_reloads(struct outcome *out, const struct change_fixture *f,
                          size_t most)
{
    cleanup_free char *reloads = scenario_file(f, "reloads");

    if (strlen(reloads) > most)
        wrong(out, "too many reloads", reloads);
}

static void check_state(struct outcome *out, const struct change_fixture *f,
                        const struct expected *e, int status)
{
    cleanup_free char *now = scenario_picture(f);
    bool old = streq(now, e->old), new = streq(now, e->new);

    if (!old && !new)
        wrong(out, "neither old nor new", now);
    else if (status == RUN_DONE && !new)
        wrong(out, "the run was done, but it is not new", now);
    else if (status == RUN_ROLLED_BACK && !old)
        wrong(out, "the run was rolled back, but it is not old", now);
}

/* A run without faults leads to the new state from wherever we are. */
static void check_next_run(struct outcome *out, struct change_fixture *f,
                           const struct fault_case *c, const struct expected *e)
{
    cleanup_free char *now = NULL;
    int status = spawn(f, "run", c->scenario->name, "");

    if (status != (c->scenario->refused ? RUN_ROLLED_BACK : RUN_DONE))
        wrong(out, "the next run failed", "");
    now = scenario_picture(f);
    if (!streq(now, e->new))
        wrong(out, "the next run does not lead to the new state", now);
    check_clean(out, f);
    check_service(out, f);
}

static bool is_owed(const struct change_fixture *f)
{
    cleanup_free char *owed = scenario_file(f, "state/owed.json");

    return strstr(owed, "web") != NULL;
}

/* A run that could not end for itself leaves its journal. */
static bool has_journal(const struct change_fixture *f)
{
    cleanup_free char *journal = xasprintf("%s/journal", f->state);

    return access(journal, F_OK) == 0;
}

static void case_in_world(const struct fault_case *c, struct change_fixture *f,
                          struct outcome *out)
{
    const struct expected *e = expect(c->scenario);
    bool recovery = !streq(c->crash, "-");
    int status;

    if (recovery) {
        spawn(f, "run", c->scenario->name, c->crash);
        status = spawn(f, "recover", c->scenario->name, c->fault);
        if (status != RUN_DONE)
            status = RUN_UNFINISHED;
    } else {
        status = spawn(f, "run", c->scenario->name, c->fault);
    }
    if (has_journal(f))
        if (spawn(f, "recover", c->scenario->name, "") != RUN_DONE)
            wrong(out, "recovery failed", "");
    check_state(out, f, e, recovery ? RUN_UNFINISHED : status);
    check_clean(out, f);
    if (!is_owed(f))
        check_service(out, f);
    check_reloads(out, f, 3);
    check_next_run(out, f, c, e);
}

static bool case_run(const struct fault_case *c)
{
    struct outcome out = {""};
    struct change_fixture f;
    char *line, *save = NULL;

    fixture_open(&f);
    scenario_prepare(&f);
    case_in_world(c, &f, &out);
    fixture_done(&f);
    for (line = strtok_r(out.why, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save))
        printf("# %s\n", line);
    if (*out.why)
        printf("# again: %s case %s/%s/%s\n", self, c->scenario->name, c->crash,
               c->fault);
    printf("%sok - %s/%s/%s\n", *out.why ? "not " : "", c->scenario->name,
           c->crash, c->fault);
    fflush(stdout);
    return !*out.why;
}

struct cases {
    struct fault_case *list;
    size_t n, capacity;
};

/* Every passage is a place to be killed. What a call fails with makes little
 * difference to us: all errors at a point's first passage, one at each later
 * one, in turn; CCM_FAULTS_ALL=1 for all. */
static bool cases_wanted(const char *passage, size_t fault)
{
    unsigned n = (unsigned) atoi(strchr(passage, ':') + 1);

    return fault == 0 || n == 1 || fault == 1 + n % 3 ||
           getenv("CCM_FAULTS_ALL");
}

/* Adds the cases for all points that a run, or a recovery, passes. */
static void cases_add(struct cases *cases, const struct scenario *scenario,
                      const char *crash)
{
    cleanup_free char *list = NULL, *path = NULL;
    char *line, *save = NULL;
    struct change_fixture f;
    size_t i;

    fixture_open(&f);
    scenario_prepare(&f);
    path = xasprintf("%s/list", f.dir);
    spawn(&f, "run", scenario->name, streq(crash, "-") ? "" : crash);
    if (!streq(crash, "-")) {
        unlink(path);
        spawn(&f, "recover", scenario->name, "");
    }
    list = scenario_file(&f, "list");
    for (line = strtok_r(list, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save))
        for (i = 0; i < ARRAY_SIZE(faults); i++) {
            struct fault_case *c;

            if (!cases_wanted(line, i))
                continue;
            xgrow(&cases->list, &cases->capacity, cases->n, sizeof(*c));
            c = &cases->list[cases->n++];
            c->scenario = scenario;
            snprintf(c->crash, sizeof(c->crash), "%s", crash);
            snprintf(c->fault, sizeof(c->fault), "%s:%s", line, faults[i]);
        }
    fixture_done(&f);
}

static void cases_all(struct cases *cases)
{
    static const char *const all[] = {"0 -",
                                      "0 told:1:kill",
                                      "0 commit-exchange:6:kill",
                                      "0 drop:2:kill",
                                      "0 stage-write:5:kill",
                                      "1 -",
                                      "1 told:1:kill",
                                      "2 -",
                                      "3 -",
                                      "3 told:1:kill",
                                      "3 swap-in:4:kill",
                                      "3 swap-back:2:kill"};
    size_t i;

    for (i = 0; i < ARRAY_SIZE(all); i++)
        cases_add(cases, &scenarios[all[i][0] - '0'], all[i] + 2);
}

/* Two at a time: each case waits mostly for its children. */
static int cases_work(const struct cases *cases, size_t worker, size_t workers)
{
    size_t i;
    int failed = 0;

    for (i = worker; i < cases->n; i += workers)
        failed |= !case_run(&cases->list[i]);
    return failed;
}

static int all_main(void)
{
    enum { WORKERS = 3 };
    struct cases cases = {0};
    pid_t pids[WORKERS];
    int i, status, failed = 0;

    for (i = 0; i < (int) n_scenarios; i++)
        expect(&scenarios[i]);
    cases_all(&cases);
    printf("1..%zu\n", cases.n);
    fflush(stdout);
    for (i = 0; i < WORKERS; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            _exit(cases_work(&cases, (size_t) i, WORKERS));
    }
    for (i = 0; i < WORKERS; i++)
        failed |= waitpid(pids[i], &status, 0) < 0 || status != 0;
    free(cases.list);
    return failed;
}

static int case_main(char *name)
{
    struct fault_case c = {0};
    char *crash = strchr(name, '/'), *fault = strrchr(name, '/');

    if (!crash || crash == fault)
        return 64;
    *crash++ = *fault++ = '\0';
    c.scenario = scenario_find(name);
    snprintf(c.crash, sizeof(c.crash), "%s", crash);
    snprintf(c.fault, sizeof(c.fault), "%s", fault);
    return c.scenario ? !case_run(&c) : 64;
}

int main(int argc, char **argv)
{
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (n < 0 || geteuid() != 0) {
        printf("1..0 # SKIP needs root\n");
        return 0;
    }
    self[n] = '\0';
    if (argc == 4)
        return driver_main(argv[1], argv[2], argv[3]);
    quiet = argc != 3;
    if (argc == 3 && streq(argv[1], "case"))
        return case_main(argv[2]);
    return all_main();
}
