/* SPDX-License-Identifier: ISC */
/* ccmctl: what it asks, what it shows, how it refuses. */
#include "unit/unit.h"

#include "ctl_fake.h"

#include "base/alloc.h"
#include "base/util.h"
#include "ctl/ctl.h"

static const struct {
    const char *line;
    const char *request;
    const char *payload;
    const char *answer;
    const char *out;
} cases[] = {
    {"status --json", "{\"op\":\"status\"}\n", NULL, OK("{\"node\":\"web1\"}"),
     "{\"node\":\"web1\"}\n"},
    {"nodes", "{\"op\":\"nodes\"}\n", NULL,
     OK("{\"revision\":9,\"converged\":false,\"nodes\":["
        "{\"node\":\"web1\",\"alive\":true,\"state\":\"idle\",\"applied\":"
        "{\"revision\":9,\"digest\":\"0123456789\",\"at\":\"noon\"}},"
        "{\"node\":\"web10\",\"alive\":true,\"state\":\"queued\","
        "\"applied\":null}]}"),
     "NODE   ALIVE  STATE   REVISION  DIGEST    APPLIED\nweb1   yes    idle    "
     "9         01234567  noon\nweb10  yes    queued  -         -         "
     "-\nnot converged: 1 live node behind revision 9; ccmctl queue shows "
     "which is next\n"},
    {"queue", "{\"op\":\"queue\"}\n", NULL, OK("{\"entries\":[]}"),
     "no node waits for a turn\n"},
    {"queue", "{\"op\":\"queue\"}\n", NULL,
     OK("{\"entries\":[{\"node\":\"a\",\"since\":\"noon\",\"applying\":true},"
        "{\"node\":\"b\",\"since\":\"one\"}]}"),
     "#  NODE  STATE     SINCE\n1  a     applying  noon\n"
     "2  b     waiting   one\n"},
    {"queue", "{\"op\":\"queue\"}\n", NULL,
     OK("{\"entries\":[],\"flag\":{\"kind\":\"operator\",\"error\":\"night\"}"
        "}"),
     "all nodes are held by the flag (night): see ccmctl flag show\n"
     "no node waits for a turn\n"},
    {"module list", "{\"op\":\"module.list\"}\n", NULL,
     OK("{\"digest\":\"d\",\"configurations\":[{\"name\":\"crontab\","
        "\"module\":\"crontab\",\"version\":\"1.0\",\"file\":\"/f\","
        "\"subscribes\":[\"crons\",\"unix-users\"],\"depends\":[]}]}"),
     "CONFIGURATION  MODULE   VERSION  SUBSCRIBES         DEPENDS  FILE\n"
     "crontab        crontab  1.0      crons, unix-users  -        /f\n"},
    {"module reload", "{\"op\":\"module.reload\"}\n", NULL,
     OK("{\"configurations\":[{}],\"added\":[\"a\"],\"changed\":"
        "[{\"name\":\"b\",\"from\":\"1.0\",\"to\":\"1.1\"},"
        "{\"name\":\"c\",\"from\":\"2\",\"to\":\"2\"}],"
        "\"removed\":[\"d\"]}"),
     "added    a\nchanged  b 1.0 -> 1.1\n"
     "changed  c 2, but its contents or settings\nremoved  d\n"
     "in force: 1 configuration\n"},
    {"module graph", "{\"op\":\"module.list\"}\n", NULL,
     OK("{\"configurations\":[{\"name\":\"a\\\"\",\"depends\":[\"b\"]}]}"),
     "digraph ccm {\n  \"a\\\"\";\n  \"a\\\"\" -> \"b\";\n}\n"},
    {"plan crons",
     "{\"format\":\"text\",\"op\":\"plan\",\"types\":"
     "[\"crons\"]}\n",
     "the diff\n", OK("{\"changes\":false}"), "the diff\n"},
    {"plan --json", "{\"format\":\"json\",\"op\":\"plan\",\"types\":null}\n",
     "{}\n", OK("{\"changes\":true}"), "{}\n"},
    {"apply --all",
     "{\"allow_removals\":false,\"op\":\"apply\",\"types\":"
     "null}\n",
     NULL, OK("{\"outcome\":\"in-sync\",\"revision\":4,\"changes\":0}"),
     "in sync at revision 4: nothing to change\n"},
    {"apply crons --allow-removals",
     "{\"allow_removals\":true,\"op\":\"apply\",\"types\":[\"crons\"]}\n", NULL,
     OK("{\"outcome\":\"changed\",\"revision\":4,\"changes\":1}"),
     "applied 1 change at revision 4\n"},
    {"publish crons mail --text=a_b",
     "{\"op\":\"publish\",\"text\":\"a b\",\"types\":[\"crons\",\"mail\"]}\n",
     NULL, OK("{\"revision\":5}"), "published at revision 5\n"},
    {"flag set do not touch",
     "{\"op\":\"flag.set\",\"reason\":\"do not touch\"}\n", NULL,
     OK("{\"flag\":{\"kind\":\"operator\",\"by\":\"operator (uid "
        "0)\",\"at\":\"noon\","
        "\"error\":\"do not touch\"}}"),
     "halted by operator (uid 0), noon\n  do not touch\nto lift it: ccmctl "
     "flag clear\n"},
    {"flag clear web2", "{\"node\":\"web2\",\"op\":\"flag.clear\"}\n", NULL,
     OK("{\"flag\":null}"), "no flag: nodes can change\n"},
    {"object list crons", "{\"op\":\"object.list\",\"type\":\"crons\"}\n",
     "{\"objects\":[{\"id\":1,\"name\":\"a\\u001bb\"},{\"id\":22,"
     "\"username\":\"u\",\"updated_at\":\"noon\"}]}\n",
     OK("{}"),
     "ID  NAME    UPDATED\n1   a\\x1bb  -\n22  u       noon\n2 objects\n"},
    {"object get crons 7",
     "{\"id\":7,\"op\":\"object.get\",\"type\":\"crons\"}\n", "{\"id\":7}\n",
     OK("{}"), "{\"id\":7}\n"},
    {"object put crons {\"id\":3,\"x\":[1]}",
     "{\"object\":{\"id\":3,\"x\":[1]},\"op\":\"object.put\",\"type\":"
     "\"crons\"}\n",
     NULL, OK("{\"revision\":8}"), "wrote crons/3 at revision 8\n"},
    {"object delete crons 3",
     "{\"id\":3,\"op\":\"object.delete\",\"type\":\"crons\"}\n", NULL,
     OK("{\"revision\":8}"), "deleted crons/3 at revision 8\n"},
    {"history 12 -n5",
     "{\"format\":\"text\",\"id\":\"12\",\"limit\":5,\"op\":\"history\"}\n",
     "runs\n", OK("{}"), "runs\n"},
};

static void asks_what_the_words_say_and_shows_the_answer(void **state)
{
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        cleanup_free char *requests = fake_ccmctl_with(
            EXCHANGES({cases[i].payload, cases[i].answer}), cases[i].line, 0);

        assert_string_equal(requests, cases[i].request);
        assert_string_equal(fake_out, cases[i].out);
        assert_string_equal(fake_err, "");
    }
}

static void status_explains_the_flag_and_disarms_it(void **state)
{
    cleanup_free char *requests = fake_ccmctl_with(
        EXCHANGES({NULL, OK("{\"node\":\"web1\",\"state\":\"held\","
                            "\"connected\":true,\"revision\":9,"
                            "\"pending\":[\"crons\"],\"flag\":" FLAG
                            ",\"last_run\":{\"outcome\":\"changed\","
                            "\"revision\":5,\"changes\":2,\"duration_ms\":40}"
                            ",\"catalog\":{\"digest\":\"0123456789\","
                            "\"configurations\":2,\"confinement\":{\"missing\":"
                            "[\"no Landlock\"]}}}")}),
        "status", 0);

    (void) state;
    assert_string_equal(requests, "{\"op\":\"status\"}\n");
    assert_string_equal(
        fake_out,
        "NODE      web1\nstate     held\nstore     connected, revision "
        "9\npending   crons\nlast run  changed, 2 changes at revision 5, 40 "
        "ms\ncatalog   2 configurations, digest 01234567\n\nhalted: web2 "
        "failed in crontab at revision 7, noon\n  bad\\x1b[2J\n  line\nto lift "
        "it: correct the objects and publish them (web2 tries first), or: "
        "ccmctl flag clear\nconfinement of modules: no Landlock\n");
}

static void a_full_disk_is_no_fault_of_the_objects(void **state)
{
    cleanup_free char *requests = fake_ccmctl_with(
        EXCHANGES({NULL, OK("{\"node\":\"web1\",\"flag\":{\"kind\":\"failed\","
                            "\"node\":\"web2\",\"step\":\"stage\","
                            "\"machine\":true,\"error\":\"it is full\"}}")}),
        "status", 0);

    (void) state;
    assert_non_null(requests);
    assert_non_null(strstr(fake_out, "to lift it: repair that on web2"));
    assert_null(strstr(fake_out, "correct the objects"));
}

static void pending_changes_are_an_exit_status_on_request(void **state)
{
    cleanup_free char *some = fake_ccmctl_with(
        EXCHANGES({"x", OK("{\"changes\":true}")}), "plan --exit-code", 3);
    cleanup_free char *none = fake_ccmctl_with(
        EXCHANGES({"x", OK("{\"changes\":false}")}), "plan --exit-code", 0);

    (void) state;
    assert_non_null(some);
    assert_non_null(none);
}

static const struct {
    const char *answer;
    int status;
    const char *err;
} refusals[] = {
    {"{\"ok\":false,\"error\":\"held\\u0007\",\"exit\":4}\n", 4,
     "ccmctl: held\\x07\n"},
    {"{\"progress\":\"planning\"}\n{\"ok\":false,\"error\":\"x\",\"exit\":1}\n",
     1, "planning\nccmctl: x\n"},
    {"{\"ok\":false,\"error\":\"x\",\"exit\":99}\n", 1, "ccmctl: x\n"},
    {"{\"ok\":false}\n", 1, "ccmctl: ccmd refused without giving a reason\n"},
    {"{\"ok\":true}\n", 1, "ccmctl: ccmd answered without a result\n"},
    {"", 1,
     "ccmctl: ccmd closed the connection before it answered; see its log: "
     "journalctl -u ccmd\n"},
    {"{\"ok\":true", 1,
     "ccmctl: ccmd closed the connection before it answered; see its log: "
     "journalctl -u ccmd\n"},
    {"{]\n", 1,
     "ccmctl: the answer of ccmd: line 1, column 2: string or '}' expected "
     "near ']'\n"},
};

static void a_refusal_is_an_exit_status_and_a_reason(void **state)
{
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(refusals); i++) {
        cleanup_free char *requests = fake_ccmctl_with(
            EXCHANGES({NULL, refusals[i].answer}), "apply", refusals[i].status);

        assert_non_null(strstr(requests, "\"op\":\"apply\""));
        assert_string_equal(fake_out, "");
        assert_string_equal(fake_err, refusals[i].err);
    }
}

static const struct {
    const char *line;
    const char *err;
} slips[] = {
    {"statsu",
     "ccmctl: unknown command \"statsu\"; did you mean \"status\"?\n"},
    {"frobnicate",
     "ccmctl: unknown command \"frobnicate\"; see ccmctl --help\n"},
    {"flag", "ccmctl: ccmctl flag needs one of: show, set, clear\n"},
    {"flag lift", "ccmctl: ccmctl flag needs one of: show, set, clear\n"},
    {"status x", "ccmctl: usage: ccmctl status\n"},
    {"publish", "ccmctl: usage: ccmctl publish TYPE...\n"},
    {"status --jsno",
     "ccmctl: unknown option \"--jsno\"; did you mean --json?\n"},
    {"status --wait", "ccmctl: --wait has no effect with ccmctl status; see "
                      "ccmctl status --help\n"},
    {"wait --timeout", "ccmctl: option --timeout needs SECONDS\n"},
    {"wait --timeout -1", "ccmctl: --timeout \"-1\" is not an integer\n"},
    {"status --json=1", "ccmctl: option --json takes no value\n"},
    {"apply --all crons", "ccmctl: --all and a TYPE exclude each other\n"},
    {"plan --root /x", "ccmctl: --modules and --root need --objects DIR\n"},
    {"object get crons x", "ccmctl: the id \"x\" is not an integer\n"},
};

static void a_slip_is_told_with_what_was_meant(void **state)
{
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(slips); i++) {
        assert_int_equal(fake_ccmctl(slips[i].line), CCM_EXIT_USAGE);
        assert_string_equal(fake_out, "");
        assert_string_equal(fake_err, slips[i].err);
    }
}

static void without_a_daemon_it_says_how_to_start_one(void **state)
{
    cleanup_free char *wanted = xasprintf(
        "ccmctl: no daemon at %s; start it: systemctl start ccmd, or: ccmd -c "
        "/x.conf\n",
        fake_socket);

    (void) state;
    unlink(fake_socket);
    assert_int_equal(fake_ccmctl("status -c /x.conf"), CCM_EXIT_NO_DAEMON);
    assert_string_equal(fake_err, wanted);
    assert_string_equal(fake_out, "");
}

static void every_command_has_help_and_needs_no_daemon_for_it(void **state)
{
    const struct command *command;

    (void) state;
    for (command = commands; command->name; command++) {
        cleanup_free char *line = xasprintf("%s --help", command->name);
        cleanup_free char *usage =
            xasprintf("usage: ccmctl %s [OPTION...]", command->name);

        assert_int_equal(fake_ccmctl(line), 0);
        assert_non_null(after_prefix(fake_out, usage));
        assert_non_null(strstr(fake_out, command->summary));
        assert_non_null(strstr(fake_out, "--json"));
    }
    assert_int_equal(fake_ccmctl("--help"), 0);
    assert_non_null(strstr(fake_out, "module reload"));
    assert_int_equal(fake_ccmctl("--version"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_what_the_words_say_and_shows_the_answer),
        cmocka_unit_test(status_explains_the_flag_and_disarms_it),
        cmocka_unit_test(a_full_disk_is_no_fault_of_the_objects),
        cmocka_unit_test(pending_changes_are_an_exit_status_on_request),
        cmocka_unit_test(a_refusal_is_an_exit_status_and_a_reason),
        cmocka_unit_test(a_slip_is_told_with_what_was_meant),
        cmocka_unit_test(without_a_daemon_it_says_how_to_start_one),
        cmocka_unit_test(every_command_has_help_and_needs_no_daemon_for_it),
    };

    return cmocka_run_group_tests(tests, fake_setup, fake_teardown);
}
