/* SPDX-License-Identifier: ISC */
/*
 * Running a program beside its planner.
 *
 * The planner forks it on the way into its own confinement, before any code of
 * a module runs: with user, limits and Landlock already applied, but before the
 * system call filter, because the program applies its own (confine_filter.c).
 * So it can only read files that all users may read, and write to its pipes. It
 * ends with the planner, which ends with the runner.
 *
 * The program is started from CONFINE_PROGRAM_FD with arguments that the filter
 * accepts once (confine_filter.c), which also closes the descriptor. A script
 * is read by its interpreter from SCRIPT_FD.
 */
#include "host/program.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"
#include "host/confine_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define SCRIPT_FD 4
#define FIRST_FREE_FD 5
#define PAGE 4096

static char script_name[] = "/dev/fd/4";

/* The same for all programs. Otherwise Python would write compiled files and
 * order sets at random. */
static char *const environment[] = {
    "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/",           "LANG=C.UTF-8",
    "PYTHONDONTWRITEBYTECODE=1",         "PYTHONHASHSEED=0", NULL};

static _Noreturn void program_die(const char *what, int number)
{
    cleanup_free char *text =
        xasprintf("starting the program: %s: %s\n", what, strerror(number));

    io_write_all(STDERR_FILENO, text, strlen(text));
    _exit(FENCE_EXIT_FAILED);
}

/* Moves the descriptors to their final numbers, first out of each other's
 * way. */
static void program_take_fds(const struct program_run *run)
{
    const struct program *program = run->program;
    const struct module_file *binary =
        program->interpreter ? program->interpreter : program->file;
    int in = fcntl(run->to[0], F_DUPFD_CLOEXEC, FIRST_FREE_FD);
    int out = fcntl(run->from[1], F_DUPFD_CLOEXEC, FIRST_FREE_FD);
    int file = fcntl(binary->fd, F_DUPFD_CLOEXEC, FIRST_FREE_FD);
    int script = fcntl(program->file->fd, F_DUPFD_CLOEXEC, FIRST_FREE_FD);

    if (in < 0 || out < 0 || file < 0 || script < 0 ||
        dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
        dup3(file, CONFINE_PROGRAM_FD, O_CLOEXEC) < 0 ||
        dup2(script, SCRIPT_FD) < 0)
        program_die("its descriptors", errno);
    if (!program->interpreter)
        close(SCRIPT_FD);
    close_range(FIRST_FREE_FD, ~0U, 0);
}

/* A page at a random address, in the whole address range of the machine. */
static void *program_page(void)
{
    unsigned tries;

    for (tries = 0; tries < 100; tries++) {
        int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
        uint64_t chance;
        void *page;

        if (getrandom(&chance, sizeof(chance), 0) != sizeof(chance))
            break;
        chance >>= 17 + tries / 10; /* 47 bits, and fewer */
        page = (void *) (uintptr_t) (chance & ~UINT64_C(0xfff));
        /* cppcheck-suppress invalidFunctionArg */
        page = mmap(page, PAGE, PROT_READ | PROT_WRITE, flags, -1, 0);
        if (page != MAP_FAILED)
            return page;
    }
    program_die("a page for its arguments", ENOMEM);
}

/* Runtimes reserve gigabytes of addresses, so only writable memory is
 * counted. */
static void program_confine(const struct program_run *run,
                            const struct confine_exec *exec)
{
    struct rlimit nothing = {0, 0};
    struct rlimit memory = {run->memory_bytes, run->memory_bytes};
    struct sock_fprog filter;
    struct error err;
    int r = confine_filter_build(exec, &filter, &err);

    if (setrlimit(RLIMIT_FSIZE, &nothing) < 0 ||
        setrlimit(RLIMIT_DATA, &memory) < 0)
        program_die("its limits", errno);
    /* A kernel without filters has been reported; Landlock still applies. */
    if (r == -ENOSYS)
        return;
    if (r == 0)
        r = confine_filter_load(&filter);
    if (r < 0)
        program_die("its system call filter", -r);
}

static _Noreturn void program_exec(const struct program_run *run, pid_t parent)
{
    const struct program *program = run->program;
    struct confine_exec exec = {program_page(), program_page()};
    size_t n = 0;

    if (program->interpreter) {
        exec.argv[n++] = program->interpreter_name;
        if (program->argument)
            exec.argv[n++] = program->argument;
        exec.argv[n] = script_name;
    } else {
        exec.argv[n] = program->file->path;
    }
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
        _exit(FENCE_EXIT_FAILED);
    program_take_fds(run);
    program_confine(run, &exec);
    syscall(SYS_execveat, CONFINE_PROGRAM_FD, exec.path, exec.argv, environment,
            AT_EMPTY_PATH);
    program_die(exec.argv[0], errno);
}

static int program_start(void *userdata, struct error *err)
{
    struct program_run *run = userdata;
    pid_t parent = getpid();

    run->pid = fork();
    if (run->pid == 0)
        program_exec(run, parent);
    if (run->pid < 0)
        return error_errno(err, -errno, "starting %s",
                           run->program->file->path);
    /* A program that does not read its input must not end the planner. */
    signal(SIGPIPE, SIG_IGN);
    return 0;
}

void program_run_close(struct program_run *run)
{
    int *ends[] = {&run->to[0], &run->to[1], &run->from[0], &run->from[1]};
    size_t i;

    for (i = 0; i < ARRAY_SIZE(ends); i++) {
        if (*ends[i] >= 0)
            close(*ends[i]);
        *ends[i] = -1;
    }
}

void program_run_init(struct program_run *run, const struct program *program,
                      uint64_t memory_bytes)
{
    run->program = program;
    run->memory_bytes = memory_bytes;
    run->executables[0] =
        program->interpreter ? program->interpreter->fd : program->file->fd;
    run->executables[1] = program->loader_fd;
    run->start = (struct fence_start){
        .executables = run->executables,
        .n_executables = program->loader_fd >= 0 ? 2 : 1,
        .start = program_start,
        .userdata = run,
    };
}

int program_run_open(struct program_run *run, const struct program *program,
                     uint64_t memory_bytes, struct error *err)
{
    *run = (struct program_run){.program = program,
                                .memory_bytes = memory_bytes,
                                .to = {-1, -1},
                                .from = {-1, -1}};
    if (pipe2(run->to, O_CLOEXEC) < 0 || pipe2(run->from, O_CLOEXEC) < 0 ||
        fcntl(run->to[1], F_SETFL, O_NONBLOCK) < 0 ||
        fcntl(run->from[0], F_SETFL, O_NONBLOCK) < 0) {
        int r = error_errno(err, -errno, "pipes for a program");

        program_run_close(run);
        return r;
    }
    return 0;
}

/* Writes the next part. Returns the rest; closes the pipe at the end, or when
 * the program reads no more. */
static size_t program_give(struct program_run *run, const char *input,
                           size_t size)
{
    ssize_t n = size > 0 ? write(run->to[1], input, size) : 0;

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return size;
    if (n >= 0 && (size_t) n < size)
        return size - (size_t) n;
    close(run->to[1]);
    run->to[1] = -1;
    return 0;
}

static int program_take(struct program_run *run, struct buf *output,
                        struct error *err)
{
    char bytes[65536];
    ssize_t n = read(run->from[0], bytes, sizeof(bytes));

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (n < 0)
        return error_errno(err, -errno, "its output");
    if (n == 0) {
        close(run->from[0]);
        run->from[0] = -1;
        return 0;
    }
    if (output->size + (size_t) n > PROGRAM_OUTPUT_MAX)
        return error_set(err, -EFBIG, "prints more than %d bytes",
                         PROGRAM_OUTPUT_MAX);
    buf_add(output, bytes, (size_t) n);
    return 0;
}

static int program_reap(struct program_run *run, struct error *err)
{
    int status;

    while (waitpid(run->pid, &status, 0) < 0)
        if (errno != EINTR)
            return error_errno(err, -errno, "its end");
    if (WIFSIGNALED(status))
        return error_set(err, -EINVAL, "was killed by signal %s (%s)",
                         sigabbrev_np(WTERMSIG(status)),
                         sigdescr_np(WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0)
        return error_set(err, -EINVAL, "exited with status %d",
                         WEXITSTATUS(status));
    return 0;
}

int program_run_talk(struct program_run *run, const char *input, size_t size,
                     struct buf *output, struct error *err)
{
    size_t left = size;
    int r = 0;

    while (r == 0 && run->from[0] >= 0) {
        struct pollfd fds[] = {{run->to[1], POLLOUT, 0},
                               {run->from[0], POLLIN, 0}};

        if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
            return error_errno(err, -errno, "waiting for it");
        if (fds[0].revents)
            left = program_give(run, input + size - left, left);
        if (fds[1].revents)
            r = program_take(run, output, err);
    }
    return r == 0 ? program_reap(run, err) : r;
}
