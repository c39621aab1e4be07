/* SPDX-License-Identifier: ISC */
/* Planners against modules that misbehave: each fails its own configuration,
 * by name, and nothing else. */
#include "unit.h"

#include "base/util.h"
#include "change/wire.h"
#include "files.h"
#include "host/names.h"
#include "host/planner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#define FORGING 60 /* configurations */

struct place {
    char *dir, *modules;
    struct config config;
    struct confine *confine;
    struct objects *objects;
    struct module_file *file;
    const char *dirs[2];
};

static char *built(const char *name)
{
    const char *dir = getenv("builddir");

    return xasprintf("%s/t/modules/%s.so", dir ? dir : ".", name);
}

static int place_open(void **state)
{
    struct place *place = xcalloc(1, sizeof(*place));
    const char *types[] = {"things", NULL};
    cleanup_free char *ok = built("ok"), *hostile = built("hostile");
    struct trust trust = {0};
    struct error err = {""};

    place->dir = scratch_new();
    place->modules = files_put(place->dir, "modules", NULL);
    place->dirs[0] = place->modules;
    free(files_put(place->dir, "things.json",
                   "[{\"id\":1,\"name\":\"one\"},{\"id\":2,\"name\":3},"
                   "{\"id\":4,\"name\":\"four\",\"count\":2}]"));
    files_copy(place->modules, "ok.so", ok);
    files_copy(place->modules, "hostile.so", hostile);
    place->config = (struct config){
        .node = (char *) "web1",
        .plan_timeout_ms = 20000,
        .objects = {.kind = OBJECTS_DIRECTORY, .path = place->dir},
    };
    *state = place;
    if (confine_new(&place->confine, &err) == 0 &&
        objects_fetch(&place->config, types, 7, &place->objects, &err) == 0 &&
        module_open(&trust, place->dirs, "hostile", &place->file, &err) == 0) {
        trust_done(&trust);
        return 0;
    }
    print_error("%s\n", err.text);
    return -1;
}

static int place_close(void **state)
{
    struct place *place = *state;

    module_close(place->file);
    objects_free(place->objects);
    confine_free(place->confine);
    free(place->modules);
    scratch_free(place->dir);
    free(place);
    return 0;
}

static void hostile_init(struct place *place, struct configuration *c,
                         const char *name, const char *act)
{
    *c = (struct configuration){
        .name = (char *) name,
        .module = (char *) "hostile",
        .version = (char *) "1",
        .summary = (char *) "",
        .file = place->file,
        .declared_in = (char *) "hostile.conf",
        .settings = json_pack("{s:s}", "act", act),
    };
}

static void plan(struct place *place, const struct configuration *const *list,
                 size_t n, struct planner_result *results)
{
    struct planner_job job = {&place->config, place->confine, place->objects,
                              list, n};
    struct error err = {""};

    if (planner_run(&job, results, &err) < 0)
        fail_msg("%s", err.text);
}

static const struct {
    const char *act;
    enum planner_outcome outcome;
    enum child_end end;
    const char *says; /* in the error, or in the log if it went well */
    int64_t limit_ms; /* 0: the usual */
} acts[] = {
    {"declare", PLANNER_OK, CHILD_DONE, "", 0},
    {"fail", PLANNER_FAILED, CHILD_DONE, "no cake on web1", 0},
    {"return", PLANNER_FAILED, CHILD_DONE, "plan() returned -7", 0},
    {"crash", PLANNER_DIED, CHILD_CRASHED, "SIGSEGV", 0},
    {"stray", PLANNER_DIED, CHILD_CRASHED, "SIG", 0},
    {"abort", PLANNER_DIED, CHILD_CRASHED, "said: the flux is uncoupled", 0},
    {"hang", PLANNER_DIED, CHILD_TIMED_OUT, "timed out", 300},
    {"spin", PLANNER_DIED, CHILD_TIMED_OUT, "timed out", 300},
    {"signal", PLANNER_DIED, CHILD_TIMED_OUT, "timed out", 300},
    {"exit", PLANNER_DIED, CHILD_EXITED, "status 3", 0},
    {"exit-well", PLANNER_BAD, CHILD_DONE, "exited by itself", 0},
    {"forge", PLANNER_BAD, CHILD_DONE, "", 0},
    {"seal", PLANNER_DIED, CHILD_BROKEN, "hand over", 0},
    {"atexit", PLANNER_OK, CHILD_DONE, "", 0},
    {"thread", PLANNER_DIED, CHILD_REFUSED, "such as to start a thread", 0},
    {"fork", PLANNER_DIED, CHILD_REFUSED, "not: clone", 0},
    {"bomb", PLANNER_DIED, CHILD_REFUSED, "not: clone", 0},
    {"blocked", PLANNER_DIED, CHILD_REFUSED, "signals blocked", 0},
    {"exec", PLANNER_DIED, CHILD_REFUSED, "not: execve", 0},
    {"write", PLANNER_DIED, CHILD_REFUSED, "not: openat for writing", 0},
    {"truncate", PLANNER_DIED, CHILD_REFUSED, "not: openat", 0},
    {"unlink", PLANNER_DIED, CHILD_REFUSED, "not: unlink", 0},
    {"chmod", PLANNER_DIED, CHILD_REFUSED, "not: chmod", 0},
    {"connect", PLANNER_DIED, CHILD_REFUSED, "not: socket", 0},
    {"unix", PLANNER_OK, CHILD_DONE, "", 0},
    {"kill", PLANNER_DIED, CHILD_REFUSED, "not: kill", 0},
    {"ptrace", PLANNER_DIED, CHILD_REFUSED, "not: ptrace", 0},
    {"print", PLANNER_OK, CHILD_DONE, "to standard error", 0},
    {"close", PLANNER_DIED, CHILD_BROKEN, "hand over", 0},
    {"outside", PLANNER_FAILED, CHILD_DONE, "/etc/../outside", 0},
    {"inserted", PLANNER_FAILED, CHILD_DONE, "\"../root\" has a \"/\"", 0},
    {"newline", PLANNER_FAILED, CHILD_DONE, "control character", 0},
    {"many", PLANNER_OK, CHILD_DONE, "", 0},
    {"too-many", PLANNER_FAILED, CHILD_DONE, "100000 files", 0},
    {"eat", PLANNER_FAILED, CHILD_DONE, "268435456 bytes", 0},
    {"streams", PLANNER_OK, CHILD_DONE, "", 0},
    {"unsubscribed", PLANNER_FAILED, CHILD_DONE, "\"secrets\"", 0},
};

/* In a configuration of its own, and with others beside it, which is another
 * path through the runner: see the top of host/planner.c. */
static void check_act(struct place *place, size_t i, size_t n)
{
    struct configuration c[3];
    const struct configuration *list[] = {&c[0], &c[1], &c[2]};
    struct planner_result results[3];
    const char *text;
    size_t j;

    hostile_init(place, &c[0], "it", acts[i].act);
    hostile_init(place, &c[1], "beside", "declare");
    hostile_init(place, &c[2], "behind", "declare");
    place->config.plan_timeout_ms = acts[i].limit_ms ? acts[i].limit_ms : 60000;
    plan(place, list, n, results);
    text = results[0].error ? results[0].error : results[0].log;
    if (results[0].outcome != acts[i].outcome ||
        results[0].end != acts[i].end || !strstr(text, acts[i].says))
        fail_msg("%s: outcome %d, end %d: %s", acts[i].act, results[0].outcome,
                 results[0].end, text);
    assert_true((results[0].outcome == PLANNER_OK) ==
                (results[0].wire != NULL));
    for (j = 1; j < n; j++)
        if (results[j].outcome != PLANNER_OK && !acts[i].limit_ms)
            fail_msg("%s beside %s: %s", c[j].name, acts[i].act,
                     results[j].error);
    for (j = 0; j < n; j++)
        planner_result_done(&results[j]);
    for (j = 0; j < 3; j++)
        json_decref(c[j].settings);
}

static void each_act_has_its_outcome(void **state)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(acts); i++)
        check_act(*state, i, 1);
    assert_int_equal(access("/tmp/ccm-escaped", F_OK), -1);
}

static void each_act_leaves_those_beside_it_alone(void **state)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(acts); i++)
        check_act(*state, i, 3);
    assert_int_equal(access("/tmp/ccm-escaped", F_OK), -1);
}

static void one_that_fails_leaves_the_others_alone(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    static const char *const what[] = {"crash", "declare", "declare", "declare",
                                       "exit-well"};
    struct place *place = *state;
    struct configuration c[5];
    const struct configuration *list[5];
    struct planner_result results[5];
    const char *on_a[] = {"a", NULL}, *on_c[] = {"c", "gone", NULL};
    size_t i;

    for (i = 0; i < 5; i++) {
        hostile_init(place, &c[i], names[i], what[i]);
        list[i] = &c[i];
    }
    c[2].depends = (char **) on_a;
    c[3].depends = (char **) on_c;
    plan(place, list, 5, results);
    assert_int_equal(results[0].outcome, PLANNER_DIED);
    assert_int_equal(results[1].outcome, PLANNER_OK);
    assert_int_equal(results[2].outcome, PLANNER_SKIPPED);
    assert_non_null(strstr(results[2].error, "\"a\", which failed"));
    assert_int_equal(results[3].outcome, PLANNER_SKIPPED);
    assert_non_null(strstr(results[3].error, "\"c\", which was skipped"));
    assert_int_equal(results[4].outcome, PLANNER_BAD);
    for (i = 0; i < 5; i++) {
        planner_result_done(&results[i]);
        json_decref(c[i].settings);
    }
}

static void runs_as_nobody_without_surroundings(void **state)
{
    struct place *place = *state;
    struct configuration c;
    const struct configuration *list[] = {&c};
    struct planner_result result;
    cleanup_free char *user =
        xasprintf("uid %d, home is not set, terminal out of reach",
                  geteuid() == 0 ? 65534 : (int) geteuid());

    hostile_init(place, &c, "it", "look");
    plan(place, list, 1, &result);
    assert_int_equal(result.outcome, PLANNER_OK);
    assert_non_null(strstr(result.log, user));
    planner_result_done(&result);
    json_decref(c.settings);
}

/* It is not in a build with sanitizers. */
static bool memory_is_limited(const struct confine *confine)
{
    json_auto_t *confinement = confine_json(confine);
    json_t *missing;
    size_t i;

    json_array_foreach (json_object_get(confinement, "missing"), i, missing)
        if (strstr(json_string_value(missing), "memory"))
            return false;
    return true;
}

static void a_huge_allocation_is_refused(void **state)
{
    struct place *place = *state;
    struct configuration c;
    const struct configuration *list[] = {&c};
    struct planner_result result;

    if (!memory_is_limited(place->confine))
        skip();
    hostile_init(place, &c, "it", "allocate");
    plan(place, list, 1, &result);
    assert_int_equal(result.outcome, PLANNER_FAILED);
    assert_string_equal(result.error, "10 GB were refused");
    planner_result_done(&result);
    json_decref(c.settings);
}

/* Without another user and without Landlock the kernel lets it. */
static void the_memory_of_others_is_out_of_reach(void **state)
{
    struct place *place = *state;
    json_auto_t *confinement = confine_json(place->confine);
    struct configuration c[8];
    const struct configuration *list[8];
    struct planner_result results[8];
    size_t i;

    if (geteuid() != 0 &&
        json_integer_value(json_object_get(confinement, "landlock")) == 0)
        skip();
    for (i = 0; i < 8; i++) {
        hostile_init(place, &c[i], "it", "peek");
        list[i] = &c[i];
    }
    plan(place, list, 8, results);
    for (i = 0; i < 8; i++) {
        if (results[i].outcome != PLANNER_OK)
            fail_msg("%s", results[i].error);
        planner_result_done(&results[i]);
        json_decref(c[i].settings);
    }
}

static void a_module_that_changes_its_story_is_refused(void **state)
{
    struct place *place = *state;
    struct configuration c;
    const struct configuration *list[] = {&c};
    struct planner_result result;

    hostile_init(place, &c, "it", "declare");
    c.version = (char *) "0.9";
    plan(place, list, 1, &result);
    assert_int_equal(result.outcome, PLANNER_FAILED);
    assert_non_null(strstr(result.error, "hostile 0.9"));
    planner_result_done(&result);
    json_decref(c.settings);
}

/* What was declared, one line each: "2 /etc/ok" is a directory. */
static char *declared(const struct planner_result *result)
{
    struct buf text = BUF_INIT;
    size_t offset = 0;

    while (offset < result->wire_size) {
        const char **list = NULL;
        struct change change = {0};

        assert_int_equal(wire_get(result->wire, result->wire_size, &offset,
                                  &change, &list, NULL),
                         0);
        buf_printf(&text, "%d %s %s %s\n", (int) change.kind, change.path,
                   change.object ? change.object : "-",
                   change.content ? change.content : "-");
        free(list);
    }
    return buf_take(&text);
}

/* By the time of each forger the runner holds results of others, which are
 * done or still being written. */
static void forging_reaches_no_other_result(void **state)
{
    struct place *place = *state;
    struct configuration c[FORGING];
    const struct configuration *list[FORGING];
    struct planner_result results[FORGING];
    size_t i;

    for (i = 0; i < FORGING; i++) {
        hostile_init(place, &c[i], i % 3 == 2 ? "forger" : "honest",
                     i % 3 == 2 ? "forge" : "declare");
        list[i] = &c[i];
    }
    plan(place, list, FORGING, results);
    for (i = 0; i < FORGING; i++) {
        cleanup_free char *text = NULL;

        assert_int_equal(results[i].outcome,
                         i % 3 == 2 ? PLANNER_BAD : PLANNER_OK);
        text = declared(&results[i]);
        assert_string_equal(text, i % 3 == 2 ? "" : "1 /file - text\n\n");
        planner_result_done(&results[i]);
        json_decref(c[i].settings);
    }
}

static void hands_over_what_was_declared_and_rejected(void **state)
{
    struct place *place = *state;
    const char *types[] = {"things", NULL};
    struct configuration c = {
        .name = (char *) "mine",
        .module = (char *) "ok",
        .version = (char *) "1.0",
        .subscribes = (char **) types,
        .settings = json_object(),
    };
    const struct configuration *list[] = {&c};
    struct planner_result result;
    struct module_file *file;
    struct trust trust = {0};
    cleanup_free char *text = NULL;
    const json_t *rejected;

    assert_int_equal(module_open(&trust, place->dirs, "ok", &file, NULL), 0);
    c.file = file;
    plan(place, list, 1, &result);
    if (result.outcome != PLANNER_OK)
        fail_msg("%s", result.error);
    assert_int_equal(fcntl(result.fd, F_GET_SEALS),
                     F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    text = declared(&result);
    assert_string_equal(text, "2 /etc/ok - -\n"
                              "5 /etc/ok - -\n"
                              "1 /etc/ok/one things/1 one of mine\n\n"
                              "1 /etc/ok/four things/4 four of mine\n"
                              "four of mine\n\n");
    assert_int_equal(json_array_size(result.rejected), 1);
    rejected = json_array_get(result.rejected, 0);
    assert_int_equal(json_integer_value(json_object_get(rejected, "id")), 2);
    assert_string_equal(json_string_value(json_object_get(rejected, "error")),
                        "field \"name\" is an integer; a string is wanted");
    assert_string_equal(result.log, "3 things\n");
    planner_result_done(&result);
    module_close(file);
    trust_done(&trust);
    json_decref(c.settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_act_has_its_outcome),
        cmocka_unit_test(each_act_leaves_those_beside_it_alone),
        cmocka_unit_test(forging_reaches_no_other_result),
        cmocka_unit_test(one_that_fails_leaves_the_others_alone),
        cmocka_unit_test(runs_as_nobody_without_surroundings),
        cmocka_unit_test(a_huge_allocation_is_refused),
        cmocka_unit_test(the_memory_of_others_is_out_of_reach),
        cmocka_unit_test(a_module_that_changes_its_story_is_refused),
        cmocka_unit_test(hands_over_what_was_declared_and_rejected),
    };

    return cmocka_run_group_tests(tests, place_open, place_close);
}
