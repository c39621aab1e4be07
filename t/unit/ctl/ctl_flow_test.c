/* SPDX-License-Identifier: ISC */
/* ccmctl: the commands of several steps: waiting, importing, planning alone. */
#include "unit/unit.h"

#include "ctl_fake.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"
#include "ctl/ctl.h"

#include <fcntl.h>
#include <sys/wait.h>

#define NODES(revision, converged)                                             \
    OK("{\"revision\":9,\"converged\":" converged                              \
       ",\"nodes\":[{\"node\":\"a\",\"alive\":true,\"applied\":{"              \
       "\"revision\":" revision                                                \
       "}},{\"node\":\"b\",\"alive\":false,\"applied\":null}]}")

static void publish_waits_for_the_live_nodes(void **state)
{
    cleanup_free char *requests = fake_ccmctl_with(
        EXCHANGES({NULL, OK("{\"revision\":9}")}, {NULL, OK("{\"flag\":null}")},
                  {NULL, NODES("8", "false")}, {NULL, OK("{\"flag\":null}")},
                  {NULL, NODES("9", "false")}),
        "publish crons --wait --timeout 60", 0);

    (void) state;
    assert_non_null(after_prefix(requests, "{\"op\":\"publish\""));
    assert_string_equal(fake_out, "converged at revision 9\n");
    assert_string_equal(fake_err, "revision 9: 1 live node to go\n");
}

static void a_flag_ends_the_wait_unless_it_is_older(void **state)
{
    cleanup_free char *older = fake_ccmctl_with(
        EXCHANGES({NULL, OK("{\"flag\":" FLAG "}")},
                  {NULL, NODES("7", "false")}, {NULL, OK("{\"flag\":null}")},
                  {NULL, NODES("9", "true")}),
        "wait --revision 9", 0);
    cleanup_free char *newer = NULL;

    (void) state;
    assert_non_null(strstr(older, "flag.show"));
    assert_non_null(
        strstr(fake_err, "the flag is up because of an older failure; web2"));
    newer = fake_ccmctl_with(EXCHANGES({NULL, OK("{\"flag\":" FLAG "}")},
                                       {NULL, NODES("6", "false")}),
                             "wait --revision 7 --json", 4);
    assert_non_null(strstr(fake_out, "\"converged\":false"));
    assert_non_null(strstr(fake_err, "halted: web2 failed in crontab"));
}

static void a_wait_ends_in_time(void **state)
{
    cleanup_free char *requests = fake_ccmctl_with(
        EXCHANGES({NULL, OK("{\"flag\":null}")}, {NULL, NODES("8", "false")}),
        "wait --timeout 0", 1);

    (void) state;
    assert_non_null(strstr(requests, "nodes"));
    assert_string_equal(fake_err, "ccmctl: revision 9 was not applied in time; "
                                  "1 live node to go, see ccmctl nodes\n");
}

/* Nobody is there who could have converged; and a node with a run before it
 * has not, whatever it has applied. */
static void no_live_node_is_not_converged(void **state)
{
    cleanup_free char *dead = fake_ccmctl_with(
        EXCHANGES({NULL, OK("{\"flag\":null}")},
                  {NULL, OK("{\"revision\":9,\"converged\":false,\"nodes\":["
                            "{\"node\":\"web1\",\"alive\":false,"
                            "\"converged\":true,"
                            "\"applied\":{\"revision\":9}}]}")}),
        "wait --timeout 0", 1);
    cleanup_free char *pending = fake_ccmctl_with(
        EXCHANGES({NULL, OK("{\"flag\":null}")},
                  {NULL, OK("{\"revision\":9,\"converged\":false,\"nodes\":["
                            "{\"node\":\"web1\",\"alive\":true,"
                            "\"converged\":false,"
                            "\"applied\":{\"revision\":9}}]}")}),
        "wait --timeout 0", 1);

    (void) state;
    assert_non_null(strstr(dead, "nodes"));
    assert_non_null(strstr(pending, "nodes"));
}

/* ------------------------------------------------------------------- import */

static void write_crons(const char *path, int n)
{
    FILE *file = fopen(path, "w");
    int i;

    fputs("{\"objects\":[", file);
    for (i = 1; i <= n; i++)
        fprintf(file, "%s{\"id\":%d}", i > 1 ? "," : "", i);
    fputs("]}", file);
    fclose(file);
}

static void imports_in_batches_of_a_hundred(void **state)
{
    cleanup_free char *path = xasprintf("%s/crons.json", fake_directory);
    cleanup_free char *line = xasprintf("object import %s", fake_directory);
    cleanup_free char *requests = NULL;
    const char *second;

    (void) state;
    write_crons(path, 101);
    requests = fake_ccmctl_with(EXCHANGES({NULL, OK("{\"revision\":4}")},
                                          {NULL, OK("{\"revision\":5}")}),
                                line, 0);
    assert_string_equal(fake_out, "wrote 101 crons\n");
    second = strchr(requests, '\n') + 1;
    assert_non_null(
        after_prefix(requests, "{\"objects\":[{\"id\":1},{\"id\":2},"));
    assert_string_equal(second, "{\"objects\":[{\"id\":101}],\"op\":"
                                "\"object.import\",\"type\":\"crons\"}\n");
    unlink(path);
}

static void an_import_that_fails_says_how_far_it_came(void **state)
{
    cleanup_free char *path = xasprintf("%s/crons.json", fake_directory);
    cleanup_free char *line = xasprintf("object import %s", path);
    cleanup_free char *requests = NULL;

    (void) state;
    write_crons(path, 150);
    requests = fake_ccmctl_with(
        EXCHANGES({NULL, OK("{\"revision\":4}")},
                  {NULL, "{\"ok\":false,\"error\":\"no\",\"exit\":1}\n"}),
        line, 1);
    assert_string_equal(fake_err,
                        "ccmctl: crons: after writing 100 objects: no\n");
    assert_string_equal(fake_out, "");
    unlink(path);
}

/* --------------------------------------------------------- without a daemon */

static void plan_becomes_the_runner(void **state)
{
    cleanup_free char *runner = xasprintf("%s/runner", fake_directory);
    cleanup_free char *file = xasprintf("%s/ccm.conf", fake_directory);
    cleanup_free char *wanted = xasprintf(
        "-c %s plan --objects /o --root /r --json --exit-code crons\n", file);
    cleanup_free char *text =
        xasprintf("runner = \"%s\"; store = { kind = \"local\"; };", runner);
    cleanup_free char *command = xasprintf(
        "plan crons --objects /o --root /r --json --exit-code -c %s", file);
    const char *script = "#!/bin/sh\necho \"$@\" >\"$0.said\"\n";
    cleanup_free char *said = xasprintf("%s.said", runner), *words = NULL;
    pid_t pid;

    (void) state;
    assert_int_equal(
        io_replace_file(AT_FDCWD, runner, 0700, script, strlen(script), NULL),
        0);
    assert_int_equal(
        io_replace_file(AT_FDCWD, file, 0600, text, strlen(text), NULL), 0);
    pid = fork();
    if (pid == 0)
        _exit(fake_ccmctl(command) == 0 ? 0 : 99);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_int_equal(io_read_file(AT_FDCWD, said, 4096, &words, NULL, NULL), 0);
    assert_string_equal(words, wanted);
    unlink(runner);
    unlink(file);
    unlink(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(publish_waits_for_the_live_nodes),
        cmocka_unit_test(a_flag_ends_the_wait_unless_it_is_older),
        cmocka_unit_test(a_wait_ends_in_time),
        cmocka_unit_test(no_live_node_is_not_converged),
        cmocka_unit_test(imports_in_batches_of_a_hundred),
        cmocka_unit_test(an_import_that_fails_says_how_far_it_came),
        cmocka_unit_test(plan_becomes_the_runner),
    };

    return cmocka_run_group_tests(tests, fake_setup, fake_teardown);
}
