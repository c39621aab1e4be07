/* SPDX-License-Identifier: ISC */
/* Running programs: what they find, and what comes back. */
#include "unit/unit.h"

#include "unit/scratch.h"

#include "base/alloc.h"
#include "base/util.h"
#include "command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#define LIMIT_MS 30000
#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})
#define SHELL(script) ARGV("/bin/sh", "-c", script)

static int run(const char *const *argv, struct command_result *result,
               struct error *err)
{
    struct command_spec spec = {.argv = argv, .timeout_ms = LIMIT_MS};

    return command_run(&spec, result, err);
}

static void expect_output(const char *const *argv, const char *output)
{
    struct command_result result;
    struct error err = {""};
    int r = run(argv, &result, &err);

    if (r < 0)
        print_message("# %s\n", err.text);
    assert_int_equal(r, 0);
    assert_int_equal(result.status, 0);
    assert_string_equal(buf_text(&result.output), output);
    command_result_done(&result);
}

/* ---------------------------------------------------------- what they find */

static void has_exactly_the_documented_environment(void **state)
{
    struct command_spec spec = {
        .argv = ARGV("/usr/bin/env"), .root = "/srv/x", .timeout_ms = LIMIT_MS};
    struct command_result result;
    static const char *const names[] = {"PATH=" COMMAND_PATH "\n",
                                        "LANG=C.UTF-8\n",
                                        "TERM=dumb\n",
                                        "SHELL=/bin/sh\n",
                                        "HOME=",
                                        "USER=",
                                        "LOGNAME=",
                                        "CCM_ROOT=/srv/x\n"};
    const char *line;
    size_t i, n = 0;

    (void) state;
    setenv("LD_PRELOAD_TEST", "secret", 1);
    assert_int_equal(command_run(&spec, &result, NULL), 0);
    for (i = 0; i < ARRAY_SIZE(names); i++)
        assert_non_null(strstr(buf_text(&result.output), names[i]));
    for (line = buf_text(&result.output); (line = strchr(line, '\n')); line++)
        n++;
    assert_int_equal(n, ARRAY_SIZE(names));
    command_result_done(&result);
}

static void has_no_descriptors_of_ours(void **state)
{
    int fd = open("/dev/null", O_RDONLY); /* not close-on-exec */

    (void) state;
    assert_true(dup2(fd, 77) == 77);
    expect_output(SHELL("test ! -e /proc/self/fd/77 && echo gone; "
                        "readlink /proc/self/fd/0"),
                  "gone\n/dev/null\n");
    close(fd);
    close(77);
}

static void has_no_signals_blocked_or_ignored(void **state)
{
    sigset_t set, old;

    (void) state;
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, &old);
    signal(SIGPIPE, SIG_IGN);
    expect_output(ARGV("grep", "-hE", "^Sig(Blk|Ign)", "/proc/self/status"),
                  "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &old, NULL);
}

static void leads_a_session_of_its_own(void **state)
{
    (void) state;
    expect_output(SHELL("read -r pid name st parent group session rest "
                        "</proc/$$/stat; test $group = $$ && "
                        "test $session = $$ && pwd"),
                  "/\n");
}

static void reads_the_given_input(void **state)
{
    struct command_spec spec = {.argv = ARGV("cat"),
                                .timeout_ms = LIMIT_MS,
                                .input = "a secret",
                                .input_size = 8};
    struct command_result result;

    (void) state;
    assert_int_equal(command_run(&spec, &result, NULL), 0);
    assert_string_equal(buf_text(&result.output), "a secret");
    command_result_done(&result);
    expect_output(ARGV("cat"), "");
}

static void runs_as_another_user(void **state)
{
    struct command_spec spec = {.argv = ARGV("id"), .timeout_ms = LIMIT_MS};
    struct command_result result;
    struct error err;
    char *dir;

    (void) state;
    if (geteuid() != 0)
        skip();
    dir = scratch_new();
    scratch_puts(dir, "etc/passwd", "web:x:4711:4712::/srv/web:/bin/sh\n");
    scratch_puts(dir, "etc/group", "www:x:4713:a,web\nweb:x:4712:\n");
    spec.root = dir;
    spec.user = "web";
    assert_int_equal(command_run(&spec, &result, NULL), 0);
    assert_string_equal(buf_text(&result.output),
                        "uid=4711 gid=4712 groups=4712,4713\n");
    command_result_done(&result);
    spec.user = "nobody"; /* here, but not there */
    assert_int_equal(command_run(&spec, &result, &err), -ENOENT);
    assert_non_null(strstr(err.text, "no user nobody"));
    command_result_done(&result);
    spec.root = NULL;
    spec.argv = ARGV("id", "-un");
    assert_int_equal(command_run(&spec, &result, NULL), 0);
    assert_string_equal(buf_text(&result.output), "nobody\n");
    command_result_done(&result);
    scratch_free(dir);
}

/* ------------------------------------------------------- what comes back */

static void reports_status_and_signal(void **state)
{
    struct command_result result;
    struct error err;

    (void) state;
    assert_int_equal(
        run(SHELL("echo out; echo err >&2; exit 3"), &result, &err), -EIO);
    assert_int_equal(result.status, 3);
    assert_false(result.timed_out);
    assert_non_null(strstr(err.text, "ended with status 3: out | err"));
    command_result_done(&result);
    assert_int_equal(run(SHELL("kill -9 $$"), &result, &err), -EIO);
    assert_int_equal(result.status, 128 + SIGKILL);
    assert_non_null(strstr(err.text, "was killed by signal 9"));
    command_result_done(&result);
}

static void no_such_program_is_not_status_127(void **state)
{
    struct command_result result;
    struct error err;

    (void) state;
    assert_int_equal(run(SHELL("exit 127"), &result, &err), -EIO);
    assert_int_equal(result.status, 127);
    command_result_done(&result);
    assert_int_equal(run(ARGV("/nonexistent/program"), &result, &err), -ENOENT);
    assert_int_equal(result.status, -1);
    command_result_done(&result);
    assert_non_null(strstr(err.text, "/nonexistent/program: cannot be "
                                     "started: No such file"));
    assert_int_equal(run(ARGV("no-such-program-anywhere"), NULL, &err),
                     -ENOENT);
    assert_int_equal(run(ARGV("/etc/passwd"), NULL, &err), -EACCES);
}

static void says_which_directory_is_missing(void **state)
{
    struct command_spec spec = {.argv = ARGV("/bin/true"),
                                .directory = "/nonexistent",
                                .timeout_ms = LIMIT_MS};
    struct error err;

    (void) state;
    assert_int_equal(command_run(&spec, NULL, &err), -ENOENT);
    assert_non_null(strstr(err.text, "cannot start in /nonexistent"));
}

static void keeps_beginning_and_end_of_long_output(void **state)
{
    struct command_result result;
    const char *text;

    (void) state;
    assert_int_equal(run(ARGV("seq", "1", "200000"), &result, NULL), 0);
    text = buf_text(&result.output);
    assert_in_range(result.output.size, COMMAND_HEAD_MAX + COMMAND_TAIL_MAX,
                    COMMAND_HEAD_MAX + COMMAND_TAIL_MAX + 100);
    assert_true(after_prefix(text, "1\n2\n3\n") != NULL);
    assert_non_null(strstr(text, "bytes left out ...]\n"));
    assert_string_equal(text + result.output.size - 14, "199999\n200000\n");
    command_result_done(&result);
}

static void errors_show_no_control_characters(void **state)
{
    struct error err;

    (void) state;
    assert_int_equal(
        run(SHELL("printf 'a\\033[31mb\\n\\nc\\n'; exit 1"), NULL, &err), -EIO);
    assert_non_null(strstr(err.text, ": a\\x1b[31mb |  | c"));
}

/* ------------------------------------------------------------------- showing
 */

static void shows_a_command_as_a_shell_reads_it(void **state)
{
    cleanup_buf struct buf out = BUF_INIT;

    (void) state;
    command_show(&out, ARGV("nginx", "-t", "", "a b", "it's", "x\033y"));
    assert_string_equal(buf_text(&out),
                        "nginx -t '' 'a b' 'it'\\''s' 'x\\x1by'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_exactly_the_documented_environment),
        cmocka_unit_test(has_no_descriptors_of_ours),
        cmocka_unit_test(has_no_signals_blocked_or_ignored),
        cmocka_unit_test(leads_a_session_of_its_own),
        cmocka_unit_test(reads_the_given_input),
        cmocka_unit_test(runs_as_another_user),
        cmocka_unit_test(reports_status_and_signal),
        cmocka_unit_test(no_such_program_is_not_status_127),
        cmocka_unit_test(says_which_directory_is_missing),
        cmocka_unit_test(keeps_beginning_and_end_of_long_output),
        cmocka_unit_test(errors_show_no_control_characters),
        cmocka_unit_test(shows_a_command_as_a_shell_reads_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
