/* SPDX-License-Identifier: ISC */
/* What a child may say: lines, and errors, of any length. */
#include "unit/unit.h"

#include "base/alloc.h"
#include "base/protocol.h"
#include "base/util.h"
#include "loop/child.h"

struct heard {
    struct loop *loop;
    size_t lines, longest;
    int status;
    char *why;
};

static void heard_line(void *userdata, const char *line, size_t size)
{
    struct heard *heard = userdata;

    assert_int_equal(strlen(line), size);
    heard->lines++;
    if (size > heard->longest)
        heard->longest = size;
}

static void heard_end(void *userdata, int status, const char *why)
{
    struct heard *heard = userdata;

    heard->status = status;
    heard->why = xstrdup(why);
    loop_quit(heard->loop);
}

/* Runs a shell script to its end. */
static void hear(const char *script, struct heard *heard)
{
    static const struct child_ops ops = {.line = heard_line,
                                         .ended = heard_end};
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    const struct child_spec spec = {
        .argv = argv, .output_fd = -1, .keep_errors = true, .limit_ms = 100000};
    struct child *child;
    struct error err;

    *heard = (struct heard){.loop = loop_new()};
    assert_int_equal(child_start(heard->loop, &spec, &ops, heard, &child, &err),
                     0);
    assert_int_equal(loop_run(heard->loop), 0);
    loop_free(heard->loop);
}

static void a_line_within_the_limit_arrives(void **state)
{
    struct heard heard;

    (void) state;
    hear("head -c 8000000 /dev/zero | tr '\\0' x; echo; echo y", &heard);
    assert_int_equal(heard.lines, 2);
    assert_int_equal(heard.longest, 8000000);
    assert_int_equal(heard.status, 0);
    free(heard.why);
}

static void a_line_without_end_ends_the_child(void **state)
{
    struct heard heard;

    (void) state;
    hear("echo first; exec cat /dev/zero", &heard);
    assert_int_equal(heard.lines, 1);
    assert_int_not_equal(heard.status, 0);
    assert_string_equal(heard.why,
                        "ccm-runner sent a line of more than 8388608 bytes");
    free(heard.why);
}

static void of_any_number_of_errors_the_last_is_told(void **state)
{
    struct heard heard;

    (void) state;
    hear("yes 'not this' | head -n 200000 >&2; echo 'but this' >&2; exit 3",
         &heard);
    assert_string_equal(heard.why, "but this");
    free(heard.why);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_within_the_limit_arrives),
        cmocka_unit_test(a_line_without_end_ends_the_child),
        cmocka_unit_test(of_any_number_of_errors_the_last_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
