/* SPDX-License-Identifier: ISC */
/*
 * Running one program: the caller's side. All decisions are made here, before
 * the fork; the rest is done by the keeper (keeper.c), which sends one report
 * at the end.
 */
#include "command/command.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"
#include "base/visible.h"
#include "command/capture.h"
#include "command/command_user.h"
#include "command/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define COMMAND_ENV_MAX 9
/* How much of the end of the output an error shows. */
#define COMMAND_SHOWN_MAX 1000

static bool command_is_program(const char *file)
{
    struct stat stat_;

    return stat(file, &stat_) == 0 && S_ISREG(stat_.st_mode) &&
           access(file, X_OK) == 0;
}

/* Returns new (freed with free); a name that is not found is unchanged;
 * starting it then fails. */
static char *command_find(const char *name)
{
    const char *next = COMMAND_PATH;

    if (strchr(name, '/'))
        return xstrdup(name);
    while (*next) {
        size_t size = strcspn(next, ":");
        char *file = xasprintf("%.*s/%s", (int) size, next, name);

        if (command_is_program(file))
            return file;
        free(file);
        next += size + (next[size] == ':');
    }
    return xstrdup(name);
}

/* Takes variable. One that the caller gives wins. */
static void command_put_env(const struct command_spec *spec, char **envp,
                            size_t *n, char *variable)
{
    size_t name = strcspn(variable, "=") + 1;
    const char *const *given;

    for (given = spec->env; given && *given; given++) {
        if (strncmp(*given, variable, name) != 0)
            continue;
        free(variable);
        return;
    }
    envp[(*n)++] = variable;
}

/* Returns new: an array of new texts. */
static char **command_environment(const struct command_spec *spec,
                                  const struct command_user *who)
{
    size_t n = 0, given = 0, i;
    char **envp;

    while (spec->env && spec->env[given])
        given++;
    envp = xcalloc(given + COMMAND_ENV_MAX, sizeof(*envp));
    for (i = 0; i < given; i++)
        envp[n++] = xstrdup(spec->env[i]);

    command_put_env(spec, envp, &n, xstrdup("PATH=" COMMAND_PATH));
    command_put_env(spec, envp, &n, xstrdup("LANG=C.UTF-8"));
    command_put_env(spec, envp, &n, xstrdup("TERM=dumb"));
    command_put_env(spec, envp, &n, xstrdup("SHELL=/bin/sh"));
    command_put_env(spec, envp, &n, xasprintf("HOME=%s", who->home));
    command_put_env(spec, envp, &n, xasprintf("USER=%s", who->name));
    command_put_env(spec, envp, &n, xasprintf("LOGNAME=%s", who->name));
    if (spec->root)
        command_put_env(spec, envp, &n, xasprintf("CCM_ROOT=%s", spec->root));
    return envp;
}

static int command_input(const struct command_spec *spec)
{
    cleanup_close int fd = -1;

    if (!spec->input)
        return open("/dev/null", O_RDONLY | O_CLOEXEC);
    fd = memfd_create("ccm-input", MFD_CLOEXEC);
    if (fd < 0 || io_write_all(fd, spec->input, spec->input_size) < 0 ||
        lseek(fd, 0, SEEK_SET) < 0)
        return -1;
    return steal_fd(&fd);
}

/* Reads size bytes. Returns false at an end before that. */
static bool command_read(int fd, void *bytes, size_t size)
{
    char *next = bytes;

    while (size > 0) {
        ssize_t n = read(fd, next, size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        next += n;
        size -= (size_t) n;
    }
    return true;
}

static int command_report(int fd, struct keeper_report *report,
                          struct buf *output)
{
    cleanup_free char *bytes = NULL;

    if (!command_read(fd, report, sizeof(*report)) ||
        report->output_size > CAPTURE_PUT_MAX)
        return -EPIPE;
    bytes = xmalloc(report->output_size);
    if (!command_read(fd, bytes, report->output_size))
        return -EPIPE;
    buf_add(output, bytes, report->output_size);
    return 0;
}

/* Forks the keeper with all signals blocked: a signal meant for its caller must
 * not end it. */
static pid_t command_fork(const struct keeper_job *job)
{
    sigset_t all, old;
    pid_t pid;

    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &old);
    pid = fork();
    if (pid == 0)
        keeper_run(job);
    sigprocmask(SIG_SETMASK, &old, NULL);
    return pid;
}

static int command_keep(struct keeper_job *job, struct keeper_report *report,
                        struct buf *output, struct error *err)
{
    cleanup_close int caller = pidfd_open(getpid(), 0);
    cleanup_close int reader = -1;
    int pipes[2], r;
    pid_t keeper;

    report->stage = KEEPER_SETUP;
    if (caller < 0 || pipe2(pipes, O_CLOEXEC) < 0)
        return error_errno(err, -errno, "cannot be started");
    reader = pipes[0];
    job->report_fd = pipes[1];
    job->caller_fd = caller;
    keeper = command_fork(job);
    r = keeper < 0 ? -errno : 0;
    close(pipes[1]);
    if (r < 0)
        return error_errno(err, r, "cannot be started");
    report->stage = KEEPER_STARTED;
    r = command_report(reader, report, output);
    while (waitpid(keeper, NULL, 0) < 0 && errno == EINTR)
        ;
    return r < 0 ? error_set(err, r,
                             "lost: the process that watches it was killed")
                 : 0;
}

/* The end of the output on one line, after ": ". */
static void command_put_end(struct buf *out, const struct buf *output)
{
    const char *text = buf_text(output);
    size_t end = output->size, start;

    while (end > 0 && strchr(" \t\r\n", text[end - 1]))
        end--;
    start = end > COMMAND_SHOWN_MAX ? end - COMMAND_SHOWN_MAX : 0;
    if (end == 0)
        return;
    buf_puts(out, start > 0 ? ": ..." : ": ");
    for (; start < end; start++) {
        size_t size = strcspn(text + start, "\n");

        if (size > end - start)
            size = end - start;
        visible_put(out, text + start, size);
        start += size;
        if (start < end)
            buf_puts(out, " | ");
    }
}

static int command_judge_start(const struct keeper_job *job,
                               const struct keeper_report *report,
                               const struct command_user *who,
                               struct error *err)
{
    switch (report->stage) {
    case KEEPER_IDENTITY:
        return error_errno(err, -report->error, "cannot run as user %s",
                           who->name);
    case KEEPER_DIRECTORY:
        return error_errno(err, -report->error, "cannot start in %s",
                           job->directory);
    default:
        return error_errno(err, -report->error, "cannot be started");
    }
}

static int command_judge(const struct keeper_job *job,
                         const struct keeper_report *report,
                         const struct buf *output, struct error *err)
{
    cleanup_buf struct buf end = BUF_INIT;

    command_put_end(&end, output);
    if (report->timed_out)
        return error_set(err, -ETIMEDOUT, "did not end within %g s%s",
                         (double) job->timeout_ms / 1000, buf_text(&end));
    if (report->status > 128)
        return error_set(err, -EIO, "was killed by signal %d (%s)%s",
                         report->status - 128, strsignal(report->status - 128),
                         buf_text(&end));
    if (report->status != 0)
        return error_set(err, -EIO, "ended with status %d%s", report->status,
                         buf_text(&end));
    return 0;
}

static int command_do(const struct command_spec *spec,
                      struct command_result *result, struct error *err)
{
    struct command_user who __attribute__((cleanup(command_user_done))) = {0};
    cleanup_free char *file = command_find(spec->argv[0]);
    cleanup_close int input = command_input(spec);
    struct keeper_report report = {0};
    char **envp = NULL;
    struct keeper_job job = {
        .file = file,
        .argv = (char *const *) spec->argv,
        .directory = spec->directory ? spec->directory : "/",
        .timeout_ms = spec->timeout_ms,
        .grace_ms = spec->grace_ms ? spec->grace_ms : COMMAND_GRACE_MS,
        .input_fd = input};
    int r;
    size_t i;

    if (input < 0)
        return error_errno(err, -errno, "standard input");
    r = command_user_find(spec->root, spec->user, &who, err);
    if (r < 0)
        return r;
    job.identity = who.change;
    job.uid = who.uid;
    job.gid = who.gid;
    job.groups = who.groups;
    job.n_groups = who.n_groups;
    job.envp = envp = command_environment(spec, &who);
    r = command_keep(&job, &report, &result->output, err);
    result->started = report.stage == KEEPER_STARTED;
    for (i = 0; envp[i]; i++) {
        explicit_bzero(envp[i], strlen(envp[i]));
        free(envp[i]);
    }
    free(envp);
    if (r < 0)
        return r;
    if (!result->started)
        return command_judge_start(&job, &report, &who, err);
    result->status = report.status;
    result->timed_out = report.timed_out;
    return command_judge(&job, &report, &result->output, err);
}

int command_run(const struct command_spec *spec, struct command_result *result,
                struct error *err)
{
    struct command_result own;
    struct command_result *out = result ? result : &own;
    cleanup_buf struct buf shown = BUF_INIT;
    int r;

    *out = (struct command_result){.status = -1};
    r = command_do(spec, out, err);
    if (r < 0) {
        command_show(&shown, spec->argv);
        error_prefix(err, r, "%.400s", buf_text(&shown));
    }
    if (!result)
        command_result_done(&own);
    return r;
}

void command_result_done(struct command_result *result)
{
    buf_done(&result->output);
}

static bool command_needs_quotes(const char *argument)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_@%+=:,./-";

    return argument[strspn(argument, plain)] != '\0' || argument[0] == '\0';
}

void command_show(struct buf *out, const char *const *argv)
{
    size_t i;

    for (i = 0; argv[i]; i++) {
        const char *rest = argv[i];
        bool quotes = command_needs_quotes(rest);

        buf_puts(out, i > 0 ? " " : "");
        buf_puts(out, quotes ? "'" : "");
        for (;;) {
            size_t size = strcspn(rest, "'");

            visible_put(out, rest, size);
            if (rest[size] == '\0')
                break;
            buf_puts(out, "'\\''");
            rest += size + 1;
        }
        buf_puts(out, quotes ? "'" : "");
    }
}
