/* SPDX-License-Identifier: ISC */
/* That commands end: at their time limit, and with whoever started them. */
#include "unit/unit.h"

#include "unit/scratch.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/util.h"
#include "command/command.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_MS 30000
#define DEADLINE_MS unit_ms(20000)
#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})
#define SHELL(script) ARGV("/bin/sh", "-c", script)

/* A zombie is dead. */
static bool is_alive(pid_t pid)
{
    cleanup_free char *path = xasprintf("/proc/%d/stat", pid);
    cleanup_file FILE *file = fopen(path, "re");
    char state = 'X';

    if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        return false;
    return state != 'Z' && state != 'X';
}

static void wait_until_dead(pid_t pid)
{
    int64_t deadline = clock_ms() + DEADLINE_MS;

    while (is_alive(pid)) {
        assert_true(clock_ms() < deadline);
        poll(NULL, 0, 5);
    }
}

/* The process id in dir/name; 0 if it is not (wholly) there yet. */
static pid_t read_pid(const char *dir, const char *name)
{
    cleanup_free char *text = scratch_read(dir, name, NULL);

    return text && strchr(text, '\n') ? (pid_t) atoi(text) : 0;
}

static pid_t wait_for_pid(const char *dir, const char *name)
{
    int64_t deadline = clock_ms() + DEADLINE_MS;
    pid_t pid;

    while ((pid = read_pid(dir, name)) == 0) {
        assert_true(clock_ms() < deadline);
        poll(NULL, 0, 5);
    }
    return pid;
}

#define STUBBORN                                                               \
    "trap '' TERM; sh -c 'trap \"\" TERM; echo $$ >group; sleep 1000; :' & "   \
    "setsid sh -c 'trap \"\" TERM; echo $$ >session; sleep 1000; :' & "        \
    "echo $$ >leader; sleep 1000; :"

static void the_time_limit_ends_all_descendants(void **state)
{
    char *dir = scratch_new();
    struct command_spec spec = {.argv = SHELL(STUBBORN),
                                .directory = dir,
                                .timeout_ms = 250,
                                .grace_ms = 20};
    struct command_result result;
    struct error err;

    (void) state;
    /* On a slow machine the limit may strike before all have begun. */
    for (;; spec.timeout_ms *= 2) {
        assert_int_equal(command_run(&spec, &result, &err), -ETIMEDOUT);
        assert_true(result.timed_out);
        command_result_done(&result);
        if (read_pid(dir, "group") && read_pid(dir, "session") &&
            read_pid(dir, "leader"))
            break;
        assert_true(spec.timeout_ms < LIMIT_MS);
    }
    assert_non_null(strstr(err.text, "did not end within"));
    assert_false(is_alive(read_pid(dir, "leader")));
    assert_false(is_alive(read_pid(dir, "group")));
    assert_false(is_alive(read_pid(dir, "session")));
    scratch_free(dir);
}

static void a_polite_program_ends_with_term(void **state)
{
    struct command_spec spec = {.argv = SHELL("trap 'echo bye; exit 0' TERM; "
                                              "sleep 1000 & wait"),
                                .timeout_ms = 300,
                                .grace_ms = LIMIT_MS};
    struct command_result result;

    (void) state;
    assert_int_equal(command_run(&spec, &result, NULL), -ETIMEDOUT);
    assert_string_equal(buf_text(&result.output), "bye\n");
    command_result_done(&result);
}

static void all_descendants_die_with_the_caller(void **state)
{
    char *dir = scratch_new();
    struct command_spec spec = {
        .argv = SHELL(STUBBORN), .directory = dir, .timeout_ms = LIMIT_MS * 10};
    pid_t caller = fork(), leader, group, session;

    (void) state;
    if (caller == 0) {
        command_run(&spec, NULL, NULL);
        _exit(1);
    }
    leader = wait_for_pid(dir, "leader");
    group = wait_for_pid(dir, "group");
    session = wait_for_pid(dir, "session");
    kill(caller, SIGKILL);
    waitpid(caller, NULL, 0);
    wait_until_dead(leader);
    wait_until_dead(group);
    wait_until_dead(session);
    scratch_free(dir);
}

static void only_a_daemon_outlives_the_program(void **state)
{
    char *dir = scratch_new();
    struct command_spec spec = {
        .argv = SHELL("setsid sh -c 'echo $$ >daemon; exec sleep 1000' "
                      ">/dev/null 2>&1 & sleep 1000 & echo $! >left; "
                      "until test -s daemon; do sleep 0.01; done"),
        .directory = dir,
        .timeout_ms = LIMIT_MS};

    (void) state;
    /* It also does not wait for "left", which holds the output open. */
    assert_int_equal(command_run(&spec, NULL, NULL), 0);
    wait_until_dead(wait_for_pid(dir, "left"));
    assert_true(is_alive(read_pid(dir, "daemon")));
    kill(read_pid(dir, "daemon"), SIGKILL);
    scratch_free(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_time_limit_ends_all_descendants),
        cmocka_unit_test(a_polite_program_ends_with_term),
        cmocka_unit_test(all_descendants_die_with_the_caller),
        cmocka_unit_test(only_a_daemon_outlives_the_program),
    };

    return cmocka_run_group_tests_name("command_end", tests, NULL, NULL);
}
