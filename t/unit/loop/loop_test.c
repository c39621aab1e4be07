/* SPDX-License-Identifier: ISC */
/* The event loop: order of timers, descriptors, and stopping in callbacks. */
#include "unit/unit.h"

#include "base/util.h"
#include "loop/loop.h"

#include <fcntl.h>

struct trace {
    struct loop *loop;
    char text[64];
    struct timer a, b, c;
    struct io one, two;
    int fds[2][2];
};

static void trace_add(struct trace *trace, char c)
{
    size_t size = strlen(trace->text);

    assert_true(size + 1 < sizeof(trace->text));
    trace->text[size] = c;
}

static int setup(void **state)
{
    struct trace *trace = test_calloc(1, sizeof(*trace));

    trace->loop = loop_new();
    if (pipe2(trace->fds[0], O_CLOEXEC) < 0 ||
        pipe2(trace->fds[1], O_CLOEXEC) < 0)
        return -1;
    *state = trace;
    return 0;
}

static int teardown(void **state)
{
    struct trace *trace = *state;
    int i;

    for (i = 0; i < 4; i++)
        if (trace->fds[i / 2][i % 2] >= 0)
            close(trace->fds[i / 2][i % 2]);
    loop_free(trace->loop);
    test_free(trace);
    return 0;
}

static void on_a(void *userdata)
{
    trace_add(userdata, 'a');
}

static void on_b(void *userdata)
{
    trace_add(userdata, 'b');
}

static void on_c_quit(void *userdata)
{
    struct trace *trace = userdata;

    trace_add(trace, 'c');
    loop_quit(trace->loop);
}

static void fires_timers_in_the_order_of_their_times(void **state)
{
    struct trace *trace = *state;

    timer_init(&trace->a, trace->loop, on_a, trace);
    timer_init(&trace->b, trace->loop, on_b, trace);
    timer_init(&trace->c, trace->loop, on_c_quit, trace);
    /* So far apart that a slow machine has set them in between. */
    timer_set(&trace->c, unit_ms(60));
    timer_set(&trace->b, 1);
    timer_set(&trace->a, unit_ms(30));
    assert_int_equal(loop_run(trace->loop), 0);
    assert_string_equal(trace->text, "bac");
    assert_false(trace->a.armed);
}

static void sleeps_once_until_a_timer_is_due(void **state)
{
    struct trace *trace = *state;
    int passes = 0;

    timer_init(&trace->a, trace->loop, on_a, trace);
    timer_set(&trace->a, 50);
    while (trace->a.armed) {
        assert_int_equal(loop_step(trace->loop, -1), 0);
        passes++;
    }
    assert_int_equal(passes, 1);
}

static void a_timer_that_is_set_again_fires_once(void **state)
{
    struct trace *trace = *state;

    timer_init(&trace->a, trace->loop, on_a, trace);
    timer_init(&trace->c, trace->loop, on_c_quit, trace);
    timer_set(&trace->a, 0);
    timer_set(&trace->a, 1);
    timer_set(&trace->c, 3);
    assert_int_equal(loop_run(trace->loop), 0);
    assert_string_equal(trace->text, "ac");
}

static void on_b_stops_a(void *userdata)
{
    struct trace *trace = userdata;

    trace_add(trace, 'b');
    timer_stop(&trace->a);
    timer_stop(&trace->a);
}

static void a_timer_can_stop_one_that_is_due_too(void **state)
{
    struct trace *trace = *state;

    timer_init(&trace->a, trace->loop, on_a, trace);
    timer_init(&trace->b, trace->loop, on_b_stops_a, trace);
    timer_init(&trace->c, trace->loop, on_c_quit, trace);
    timer_set(&trace->b, 0);
    timer_set(&trace->a, 0);
    timer_set(&trace->c, 0);
    assert_int_equal(loop_run(trace->loop), 0);
    assert_string_equal(trace->text, "bc");
}

static void on_a_again(void *userdata)
{
    struct trace *trace = userdata;

    trace_add(trace, 'a');
    timer_set(&trace->a, 0);
}

static void a_timer_that_rearms_itself_waits_for_the_next_pass(void **state)
{
    struct trace *trace = *state;

    timer_init(&trace->a, trace->loop, on_a_again, trace);
    timer_set(&trace->a, 0);
    loop_step(trace->loop, 0);
    assert_string_equal(trace->text, "a");
    loop_step(trace->loop, 0);
    assert_string_equal(trace->text, "aa");
    timer_stop(&trace->a);
}

static void on_one(void *userdata, short revents)
{
    struct trace *trace = userdata;
    char byte;

    trace_add(trace, revents & IO_READ ? '1' : 'w');
    if (read(trace->fds[0][0], &byte, 1) <= 0)
        io_stop(&trace->one);
}

static void on_stop_both(void *userdata, short revents)
{
    struct trace *trace = userdata;

    (void) revents;
    trace_add(trace, 'x');
    io_stop(&trace->one);
    io_stop(&trace->two);
}

static void tells_of_bytes_and_of_the_end(void **state)
{
    struct trace *trace = *state;

    io_start(&trace->one, trace->loop, trace->fds[0][0], IO_READ, on_one,
             trace);
    loop_step(trace->loop, 0);
    assert_string_equal(trace->text, "");
    assert_int_equal(write(trace->fds[0][1], "x", 1), 1);
    loop_step(trace->loop, -1);
    assert_string_equal(trace->text, "1");
    close(trace->fds[0][1]);
    trace->fds[0][1] = -1;
    loop_step(trace->loop, -1);
    assert_string_equal(trace->text, "11");
    assert_null(trace->one.loop);
}

static void a_callback_can_stop_all_descriptors(void **state)
{
    struct trace *trace = *state;

    io_start(&trace->one, trace->loop, trace->fds[0][0], IO_READ, on_stop_both,
             trace);
    io_start(&trace->two, trace->loop, trace->fds[1][0], IO_READ, on_stop_both,
             trace);
    assert_int_equal(write(trace->fds[0][1], "x", 1), 1);
    assert_int_equal(write(trace->fds[1][1], "x", 1), 1);
    loop_step(trace->loop, -1);
    loop_step(trace->loop, 0);
    assert_string_equal(trace->text, "x");
}

static void on_restart(void *userdata, short revents)
{
    struct trace *trace = userdata;

    (void) revents;
    trace_add(trace, 'r');
    io_stop(&trace->one);
    io_start(&trace->one, trace->loop, trace->fds[1][0], IO_READ, on_restart,
             trace);
}

static void a_callback_can_change_to_another_descriptor(void **state)
{
    struct trace *trace = *state;

    io_start(&trace->one, trace->loop, trace->fds[0][0], IO_READ, on_restart,
             trace);
    assert_int_equal(write(trace->fds[0][1], "x", 1), 1);
    loop_step(trace->loop, -1);
    loop_step(trace->loop, 0);
    assert_string_equal(trace->text, "r");
    io_stop(&trace->one);
}

static void on_writable(void *userdata, short revents)
{
    struct trace *trace = userdata;

    trace_add(trace, revents == IO_WRITE ? 'w' : '?');
    io_set_events(&trace->one, 0);
}

static void tells_when_a_descriptor_can_be_written(void **state)
{
    struct trace *trace = *state;

    io_start(&trace->one, trace->loop, trace->fds[0][1], IO_WRITE, on_writable,
             trace);
    loop_step(trace->loop, -1);
    loop_step(trace->loop, 0);
    assert_string_equal(trace->text, "w");
    io_stop(&trace->one);
}

#define LOOP_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LOOP_TEST(fires_timers_in_the_order_of_their_times),
        LOOP_TEST(sleeps_once_until_a_timer_is_due),
        LOOP_TEST(a_timer_that_is_set_again_fires_once),
        LOOP_TEST(a_timer_can_stop_one_that_is_due_too),
        LOOP_TEST(a_timer_that_rearms_itself_waits_for_the_next_pass),
        LOOP_TEST(tells_of_bytes_and_of_the_end),
        LOOP_TEST(a_callback_can_stop_all_descriptors),
        LOOP_TEST(a_callback_can_change_to_another_descriptor),
        LOOP_TEST(tells_when_a_descriptor_can_be_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
