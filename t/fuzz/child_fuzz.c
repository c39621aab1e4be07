/* SPDX-License-Identifier: ISC */
/*
 * What a runner says on its pipes, in pieces of any size, up to its end and
 * theirs in any order: lines come out as they went in, none is too long, and
 * the end is reported once, with a one-line reason. The process is not there;
 * the pipes are. The input is steps, parted by form feeds. child.c itself is
 * included, with a lower limit.
 */
#include "fuzz.h"

#include "base/alloc.h"
#include "base/protocol.h"

#include <sys/wait.h>

#undef PROTOCOL_LINE_MAX
#define PROTOCOL_LINE_MAX 300

static pid_t fuzz_waitpid(pid_t pid, int *status, int options);
static int fuzz_kill(pid_t pid, int number);

#define waitpid fuzz_waitpid
#define kill fuzz_kill
#include "loop/child.c"
#undef waitpid
#undef kill

static struct loop *loop;
static bool gone;   /* the process */
static bool killed; /* it must end */
static struct buf said, heard;
static unsigned ended;

static pid_t fuzz_waitpid(pid_t pid, int *status, int options)
{
    fuzz_check(options == WNOHANG);
    *status = killed ? SIGKILL : 0x100;
    return gone ? pid : 0;
}

static int fuzz_kill(pid_t pid, int number)
{
    fuzz_check(pid > 0 && number == SIGKILL);
    killed = true;
    return 0;
}

static void on_line(void *userdata, const char *line, size_t size)
{
    (void) userdata;
    fuzz_check(!ended && line[size] == '\0' && !memchr(line, '\n', size));
    fuzz_check(size <= PROTOCOL_LINE_MAX);
    buf_add(&heard, line, size);
    buf_putc(&heard, '\n');
}

static void on_ended(void *userdata, int status, const char *why)
{
    (void) userdata, (void) status;
    fuzz_check(ended++ == 0 && *why && !strchr(why, '\n'));
}

/* As child_start leaves it. */
static struct child *open_child(struct child_pipes *ends)
{
    static const struct child_spec spec = {.output_fd = -1,
                                           .keep_errors = true};
    static const struct child_ops ops = {.line = on_line, .ended = on_ended};
    struct child *child = xcalloc(1, sizeof(*child));

    *child = (struct child){.loop = loop,
                            .ops = &ops,
                            .pid = 4711,
                            .pid_fd = open("/dev/null", O_RDONLY | O_CLOEXEC)};
    fuzz_check(child_make_pipes(&spec, ends) == 0 && child->pid_fd >= 0);
    child_watch(child, ends);
    child->closer = (struct closer){.fn = child_closed, .userdata = child};
    loop_add_closer(loop, &child->closer);
    timer_init(&child->limit, loop, child_limit, child);
    return child;
}

static void close_end(int *end)
{
    if (*end >= 0)
        close(*end);
    *end = -1;
}

/* The loop calls what it has, as long as it has it. */
static void hear(struct io *io)
{
    if (!ended && io->fd >= 0)
        io->fn(io->userdata, IO_READ);
}

static void step(struct child *child, struct child_pipes *ends,
                 struct fuzz_input *rest)
{
    char what = (char) fuzz_byte(rest);

    if (what == 'o' && ends->output[1] >= 0 && child->output_io.fd >= 0) {
        fuzz_check(io_write_all(ends->output[1], rest->next, rest->left) == 0);
        buf_add(&said, rest->next, rest->left);
        hear(&child->output_io);
    } else if (what == 'e' && ends->errors[1] >= 0 &&
               child->errors_io.fd >= 0) {
        fuzz_check(io_write_all(ends->errors[1], rest->next, rest->left) == 0);
        hear(&child->errors_io);
    } else if (what == 'O') {
        close_end(&ends->output[1]);
        hear(&child->output_io);
    } else if (what == 'E') {
        close_end(&ends->errors[1]);
        hear(&child->errors_io);
    } else if (what == 'l') {
        child_limit(child);
    } else if (what == 's') {
        child_send(child, "{\"order\":\"apply\"}");
    } else if (what == 'x') {
        gone = true;
        hear(&child->exit_io);
    }
}

static void check_lines(void)
{
    size_t i;

    fuzz_check(ended == 1 && heard.size <= said.size);
    if (killed)
        return;
    for (i = said.size; i > 0 && said.data[i - 1] != '\n'; i--)
        ;
    fuzz_check(heard.size == i);
    fuzz_check(i == 0 || memcmp(heard.data, said.data, i) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *) data, size};
    struct child_pipes ends;
    struct child *child;
    unsigned steps;

    if (!loop)
        loop = loop_new();
    gone = killed = false;
    ended = 0;
    child = open_child(&ends);
    for (steps = 0; steps < 30 && input.left > 0 && !ended; steps++) {
        size_t one_size;
        cleanup_free char *one = fuzz_cut(&input, '\f', &one_size);
        struct fuzz_input rest = {one, one_size};

        step(child, &ends, &rest);
    }
    gone = true;
    close_end(&ends.output[1]);
    close_end(&ends.errors[1]);
    hear(&child->exit_io);
    if (!ended)
        hear(&child->errors_io);
    if (!ended)
        hear(&child->output_io);
    close_end(&ends.input[0]);
    check_lines();
    buf_done(&said);
    buf_done(&heard);
    return 0;
}
