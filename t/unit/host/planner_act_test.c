/* SPDX-License-Identifier: ISC */
/* What becomes of each act of the module "hostile" (t/modules/hostile.c). */
#include "unit/unit.h"

#include "planner_fixture.h"

#include "base/util.h"

#include <signal.h>
#include <sys/resource.h>

static const struct {
    const char *act;
    enum planner_outcome outcome;
    enum confined_end end;
    const char *says; /* in the error, or in the log if it went well */
    int64_t limit_ms; /* 0: the usual */
} acts[] = {
    {"declare", PLANNER_OK, CONFINED_DONE, "", 0},
    {"fail", PLANNER_FAILED, CONFINED_DONE, "no cake on web1", 0},
    {"return", PLANNER_FAILED, CONFINED_DONE, "plan() returned -7", 0},
    {"crash", PLANNER_DIED, CONFINED_CRASHED, "SIGSEGV", 0},
    {"stray", PLANNER_DIED, CONFINED_CRASHED, "SIG", 0},
    {"abort", PLANNER_DIED, CONFINED_CRASHED, "said: the flux is uncoupled", 0},
    {"hang", PLANNER_DIED, CONFINED_TIMED_OUT, "timed out", 300},
    {"spin", PLANNER_DIED, CONFINED_TIMED_OUT, "timed out", 300},
    {"signal", PLANNER_DIED, CONFINED_TIMED_OUT, "timed out", 300},
    {"exit", PLANNER_DIED, CONFINED_EXITED, "exit(3)", 0},
    {"exit-70", PLANNER_DIED, CONFINED_EXITED, "exit(70)", 0},
    {"exit-well", PLANNER_BAD, CONFINED_DONE, "called exit(", 0},
    {"forge", PLANNER_BAD, CONFINED_DONE, "", 0},
    {"forge-rejected", PLANNER_BAD, CONFINED_DONE, "things/1000, which is no",
     0},
    {"forge-again", PLANNER_BAD, CONFINED_DONE, "more than 10000 objects", 0},
    {"forge-type", PLANNER_BAD, CONFINED_DONE, "secrets/1, which is no", 0},
    {"forge-log", PLANNER_BAD, CONFINED_DONE, "longer than 65536 bytes", 0},
    {"forge-nested", PLANNER_BAD, CONFINED_DONE, "notes are damaged", 0},
    {"forge-changes", PLANNER_BAD, CONFINED_DONE, "more than 120000 changes",
     0},
    {"seal", PLANNER_DIED, CONFINED_BROKEN, "hand over", 0},
    {"atexit", PLANNER_OK, CONFINED_DONE, "", 0},
    {"thread", PLANNER_DIED, CONFINED_REFUSED, "such as to start a thread", 0},
    {"fork", PLANNER_DIED, CONFINED_REFUSED, "not make: clone", 0},
    {"bomb", PLANNER_DIED, CONFINED_REFUSED, "not make: clone", 0},
    {"blocked", PLANNER_DIED, CONFINED_REFUSED, "signals blocked", 0},
    {"catch", PLANNER_DIED, CONFINED_REFUSED, "not make: unlink", 0},
    {"exec", PLANNER_DIED, CONFINED_REFUSED, "not make: execve", 0},
    {"write", PLANNER_DIED, CONFINED_REFUSED, "not make: openat for writing",
     0},
    {"truncate", PLANNER_DIED, CONFINED_REFUSED, "not make: openat", 0},
    {"unlink", PLANNER_DIED, CONFINED_REFUSED, "not make: unlink", 0},
    {"chmod", PLANNER_DIED, CONFINED_REFUSED, "not make: chmod", 0},
    {"connect", PLANNER_DIED, CONFINED_REFUSED, "not make: socket", 0},
    {"fifo", PLANNER_OK, CONFINED_DONE, "", 0},
    {"unix", PLANNER_OK, CONFINED_DONE, "", 0},
    {"kill", PLANNER_DIED, CONFINED_REFUSED, "not make: kill", 0},
    {"ptrace", PLANNER_DIED, CONFINED_REFUSED, "not make: ptrace", 0},
    {"print", PLANNER_OK, CONFINED_DONE, "to standard error", 0},
    {"close", PLANNER_DIED, CONFINED_BROKEN, "hand over", 0},
    {"outside", PLANNER_FAILED, CONFINED_DONE, "/etc/../outside", 0},
    {"inserted", PLANNER_FAILED, CONFINED_DONE, "\"../root\" has a \"/\"", 0},
    {"newline", PLANNER_FAILED, CONFINED_DONE, "control character", 0},
    {"many", PLANNER_OK, CONFINED_DONE, "", 0},
    {"too-many", PLANNER_FAILED, CONFINED_DONE, "100000 files", 0},
    {"eat", PLANNER_FAILED, CONFINED_DONE, "268435456 bytes", 0},
    {"streams", PLANNER_OK, CONFINED_DONE, "", 0},
    {"unsubscribed", PLANNER_FAILED, CONFINED_DONE, "\"secrets\"", 0},
};

/* In a configuration of its own, and with others beside it, which is another
 * path through the runner: see the top of host/planner.c. */
static void check_act(struct planner_fixture *fixture, size_t i, size_t n)
{
    struct configuration c[3];
    const struct configuration *list[] = {&c[0], &c[1], &c[2]};
    struct planner_result results[3];
    const char *text;
    size_t j;

    fixture_hostile(fixture, &c[0], "it", acts[i].act);
    fixture_hostile(fixture, &c[1], "beside", "declare");
    fixture_hostile(fixture, &c[2], "behind", "declare");
    fixture->config.plan_timeout_ms =
        acts[i].limit_ms ? acts[i].limit_ms : 60000;
    fixture_plan(fixture, list, n, results);
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

/* Without a filter things are refused by other means, if at all. */
static bool wants_filter(size_t i)
{
    return acts[i].end == CONFINED_REFUSED || streq(acts[i].act, "unix");
}

static void check_acts(struct planner_fixture *fixture, size_t n)
{
    bool filtered = !fixture_lacks(fixture, "filtered");
    bool landlock = !fixture_lacks(fixture, "Landlock");
    size_t i;

    for (i = 0; i < ARRAY_SIZE(acts); i++)
        if ((filtered || !wants_filter(i)) &&
            (landlock || !streq(acts[i].act, "fifo")))
            check_act(fixture, i, n);
    assert_int_equal(access(fixture->victim, F_OK), -1);
}

/* What was forged lies in memory as long as it is read, and no more of it. */
static uint64_t peak_bytes(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t) usage.ru_maxrss * 1024;
}

static void each_act_has_its_outcome(void **state)
{
    check_acts(*state, 1);
    if (!fixture_lacks(*state, "memory"))
        assert_in_range(peak_bytes(), 1, UINT64_C(600) * 1024 * 1024);
}

static void each_act_leaves_those_beside_it_alone(void **state)
{
    check_acts(*state, 3);
}

/* Unless the kernel is short of memory at that very time, and kills somebody,
 * which another test may bring about. */
static void a_module_that_kills_itself_had_memory(void **state)
{
    struct planner_fixture *fixture = *state;
    struct configuration c;
    const struct configuration *list[] = {&c};
    struct planner_result result;
    bool crashed = false;
    int i;

    fixture_hostile(fixture, &c, "it", "kill-self");
    for (i = 0; i < 20 && !crashed; i++) {
        fixture_plan(fixture, list, 1, &result);
        crashed = result.end == CONFINED_CRASHED;
        assert_non_null(strstr(result.error, crashed ? "SIGKILL" : "memory"));
        planner_result_done(&result);
    }
    assert_true(crashed);
    json_decref(c.settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_act_has_its_outcome),
        cmocka_unit_test(each_act_leaves_those_beside_it_alone),
        cmocka_unit_test(a_module_that_kills_itself_had_memory),
    };

    return cmocka_run_group_tests_name("planner_act", tests, fixture_open,
                                       fixture_close);
}
