/* SPDX-License-Identifier: ISC */
/*
 * The runner's end of the zygote.
 *
 * The zygote is this program, executed again, so nothing of this process's
 * memory (settings, the API's key, objects, arguments, environment) gets there.
 * It starts while the runner reads ccm.conf and modules.d, and reports by
 * itself what the system allows.
 */
#include "host/confine.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define NOBODY 65534

struct confine {
    int fd;
    pid_t pid;
    json_t *hello; /* NULL: not yet here */
    uint64_t next;
    uint64_t first_uid, n_uids;
    uint64_t chance; /* where in the range this runner begins */
    bool reserved;   /* the users exist, and belong to nobody */
};

static bool confine_by_program;

void confine_use_program(void)
{
    confine_by_program = true;
}

/* Are these users known to this namespace? A container may have few. */
static bool confine_has_users(uint64_t first, uint64_t n)
{
    cleanup_file FILE *file = fopen("/proc/self/uid_map", "re");
    unsigned long long from, to, count;

    while (file && fscanf(file, "%llu %llu %llu", &from, &to, &count) == 3)
        if (first >= from && first - from + n <= count)
            return true;
    return !file;
}

static void confine_choose_users(struct confine *confine,
                                 const struct config *config)
{
    confine->first_uid = CONFINE_FIRST_UID;
    confine->n_uids = CONFINE_UIDS;
    if (config && config->planner_uid_count > 0) {
        confine->first_uid = (uint64_t) config->planner_uid_first;
        confine->n_uids = (uint64_t) config->planner_uid_count;
    }
    confine->reserved = confine_has_users(confine->first_uid, confine->n_uids);
    if (!confine->reserved) {
        confine->first_uid = NOBODY;
        confine->n_uids = 1;
    }
    confine->chance = (uint64_t) getpid() * 257;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
/* The options of sanitizers are not secret. */
static char **confine_environment(void)
{
    extern char **environ;

    return environ;
}
#else
static char **confine_environment(void)
{
    static char *nothing[] = {NULL};

    return nothing;
}
#endif

/* Executed by its path, because tools that run programs (valgrind) know only
 * that, or by the kernel's link if another file is there by now. */
static void confine_execute(void)
{
    char *argv[] = {(char *) "ccm-runner", (char *) ZYGOTE_MODE, NULL};
    char path[4096];
    ssize_t size = readlink("/proc/self/exe", path, sizeof(path) - 1);

    if (size > 0) {
        path[size] = '\0';
        if (!strstr(path, " (deleted)"))
            execve(path, argv, confine_environment());
    }
    execve("/proc/self/exe", argv, confine_environment());
}

static _Noreturn void confine_become_zygote(int fd)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (!confine_by_program)
        _exit(zygote_serve(fd));
    if (fd == ZYGOTE_FD)
        fcntl(fd, F_SETFD, 0);
    else
        dup2(fd, ZYGOTE_FD);
    close_range(ZYGOTE_FD + 1, ~0U, 0);
    confine_execute();
    _exit(127);
}

/* fork(2), into namespaces of its own if that is allowed. */
static pid_t confine_fork(void)
{
    struct clone_args args = {.flags = CLONE_NEWPID | CLONE_NEWNS,
                              .exit_signal = SIGCHLD};
    pid_t pid = -1;

    if (geteuid() == 0)
        pid = (pid_t) syscall(SYS_clone3, &args, sizeof(args));
    return pid < 0 ? fork() : pid;
}

int confine_new(const struct config *config, struct confine **out,
                struct error *err)
{
    struct confine *confine;
    int ends[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return error_errno(err, -errno, "a socket for planners");
    pid = confine_fork();
    if (pid == 0) {
        close(ends[0]);
        confine_become_zygote(ends[1]);
    }
    close(ends[1]);
    if (pid < 0) {
        int r = -errno;

        close(ends[0]);
        return error_errno(err, r, "starting planners");
    }
    confine = xcalloc(1, sizeof(*confine));
    *confine = (struct confine){.fd = ends[0], .pid = pid, .next = 1};
    confine_choose_users(confine, config);
    *out = confine;
    return 0;
}

void confine_free(struct confine *confine)
{
    if (!confine)
        return;
    close(confine->fd);
    while (waitpid(confine->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    json_decref(confine->hello);
    free(confine);
}

int confine_fd(const struct confine *confine)
{
    return confine->fd;
}

/* The first message, which is waited for. */
static int confine_meet(struct confine *confine, struct error *err)
{
    char text[ZYGOTE_HELLO_MAX];
    size_t n = 0;
    int size;

    if (confine->hello)
        return 0;
    size = zygote_receive(confine->fd, text, sizeof(text), NULL, &n);
    if (size <= 0)
        return error_set(err, -EPIPE,
                         "the process from which planners are started ended "
                         "at once");
    return json_parse(text, (size_t) size, sizeof(text), &confine->hello, err);
}

int confine_start(struct confine *confine, struct zygote_request *request,
                  const int *fds, struct error *err)
{
    int r = confine_meet(confine, err);

    if (r < 0)
        return r;
    request->id = confine->next++;
    request->what = ZYGOTE_START;
    request->uid =
        (uint32_t) (confine->first_uid +
                    (confine->chance + request->id) % confine->n_uids);
    if (request->n_fds > ZYGOTE_FDS_MAX)
        return error_set(err, -E2BIG, "more than %d descriptors for a planner",
                         ZYGOTE_FDS_MAX);
    r = zygote_send(confine->fd, request, sizeof(*request), fds,
                    request->n_fds);
    /* The end of the zygote is noticed where answers are read. */
    return r == 0 || r == -EPIPE ? 0
                                 : error_errno(err, r, "starting a planner");
}

void confine_kill(struct confine *confine, uint64_t id)
{
    struct zygote_request request = {.id = id, .what = ZYGOTE_KILL};

    zygote_send(confine->fd, &request, sizeof(request), NULL, 0);
}

int confine_take(struct confine *confine, struct zygote_answer *answer)
{
    struct pollfd poll_fd = {.fd = confine->fd, .events = POLLIN};
    size_t n = 0;

    if (poll(&poll_fd, 1, 0) <= 0)
        return 0;
    return zygote_receive(confine->fd, answer, sizeof(*answer), NULL, &n) ==
                   sizeof(*answer)
               ? 1
               : -EPIPE;
}

static void confine_missing(json_t *missing, const char *text)
{
    json_array_append_new(missing, json_string(text));
}

json_t *confine_json(struct confine *confine)
{
    json_t *missing, *user = json_null();
    struct error err;

    if (confine_meet(confine, &err) < 0)
        return json_pack("{s:n, s:b, s:b, s:i, s:[s]}", "user", "alone", 0,
                         "seccomp", 0, "landlock", 0, "missing", err.text);
    missing = json_deep_copy(json_object_get(confine->hello, "missing"));
    if (json_bool_or(confine->hello, "root", false)) {
        user = json_sprintf(
            "%llu-%llu", (unsigned long long) confine->first_uid,
            (unsigned long long) (confine->first_uid + confine->n_uids - 1));
        if (!confine->reserved)
            confine_missing(
                missing, "modules plan as the user nobody, whose other "
                         "processes can reach them: this container has no "
                         "users for planners (see planner_uids in ccm.conf)");
    }
    if (!json_bool_or(confine->hello, "alone", false))
        confine_missing(missing, "modules see the other processes of the node: "
                                 "namespaces are not allowed here");
    return json_pack(
        "{s:o, s:b, s:b, s:I, s:o}", "user", user, "alone",
        json_bool_or(confine->hello, "alone", false), "seccomp",
        json_bool_or(confine->hello, "seccomp", false), "landlock",
        (json_int_t) json_integer_or(confine->hello, "landlock", 0), "missing",
        missing);
}
