/* SPDX-License-Identifier: ISC */
/*
 * The zygote: a process that knows nothing, from which planners are forked.
 *
 * A forked child has a copy of its parent's memory. So planners are not
 * children of the runner: the runner executes this program again, without
 * arguments and environment, and it reads only requests. A planner knows only
 * what its request contains (brief.h). It is also the same in a preview and in
 * a run, so that module code cannot tell them apart.
 *
 * If the kernel allows it, it is the first process of a new namespace: planners
 * see no process except the zygote and themselves, and when it ends, the kernel
 * ends them all.
 */
#include "host/zygote.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "host/confined_child.h"
#include "host/fence.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#define HEAP_BYTES (1024 * 1024) /* ready to be used without a system call */

struct zygote_child {
    pid_t pid;
    uint64_t id;
};

struct zygote {
    int fd, signals;
    struct fence *fence;
    struct zygote_child *children;
    size_t n, capacity;
    FILE *vmstat;           /* of the node; may be NULL */
    unsigned long long oom; /* how often the kernel was short of memory */
    bool alone;
};

/* In a namespace of its own /proc still shows the processes of the old one. Its
 * other files tell of the whole node, such as who holds which lock. */
static bool zygote_hide_others(void)
{
    static const char *const options[] = {"hidepid=2,subset=pid", "hidepid=2"};
    size_t i;

    if (getpid() != 1 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return false;
    for (i = 0; i < ARRAY_SIZE(options); i++)
        if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
                  options[i]) == 0)
            return true;
    return false;
}

static unsigned long long zygote_count_oom(struct zygote *zygote)
{
    FILE *file = zygote->vmstat;
    unsigned long long value = 0;
    char name[64];

    if (file)
        rewind(file);
    while (file && fscanf(file, "%63s %llu", name, &value) == 2)
        if (streq(name, "oom_kill"))
            return value;
    return 0;
}

static int zygote_hello(const struct zygote *zygote)
{
    json_auto_t *hello = fence_json(zygote->fence);
    cleanup_free char *text = NULL;

    json_object_set_new(hello, "alone", json_boolean(zygote->alone));
    text = json_line(hello);
    return zygote_send(zygote->fd, text, strlen(text), NULL, 0);
}

static int zygote_answer(const struct zygote *zygote,
                         const struct zygote_answer *answer)
{
    return zygote_send(zygote->fd, answer, sizeof(*answer), NULL, 0);
}

static int zygote_reap(struct zygote *zygote)
{
    struct zygote_answer answer;
    struct signalfd_siginfo info;
    pid_t pid;
    size_t i;
    int r = 0;

    while (read(zygote->signals, &info, sizeof(info)) > 0)
        ;
    while (r == 0 && (pid = waitpid(-1, &answer.status, WNOHANG)) > 0) {
        for (i = 0; i < zygote->n && zygote->children[i].pid != pid; i++)
            ;
        if (i == zygote->n)
            continue; /* a program whose planner has ended */
        answer = (struct zygote_answer){.id = zygote->children[i].id,
                                        .status = answer.status};
        zygote->children[i] = zygote->children[--zygote->n];
        if (WIFSIGNALED(answer.status) && WTERMSIG(answer.status) == SIGKILL) {
            unsigned long long oom = zygote_count_oom(zygote);

            answer.oom = oom != zygote->oom;
            zygote->oom = oom;
        }
        r = zygote_answer(zygote, &answer);
    }
    return r;
}

static int zygote_fork(struct zygote *zygote,
                       const struct zygote_request *request, const int *fds)
{
    struct confined_start start = {
        .fence = zygote->fence,
        .limits = {.uid = request->uid,
                   .memory_bytes = request->memory_bytes,
                   .time_ms = request->time_ms,
                   .file_bytes = request->file_bytes},
        .parent = getpid(),
        .fds = fds,
        .n_fds = request->n_fds,
    };
    struct zygote_answer answer = {.id = request->id};
    pid_t pid = fork();

    if (pid == 0)
        confined_child(&start);
    if (pid < 0) {
        answer.error = -errno;
        return zygote_answer(zygote, &answer);
    }
    xgrow(&zygote->children, &zygote->capacity, zygote->n,
          sizeof(*zygote->children));
    zygote->children[zygote->n++] = (struct zygote_child){pid, request->id};
    return 0;
}

/* The request is there, with the first of its descriptors. */
static int zygote_start(struct zygote *zygote,
                        const struct zygote_request *request, const int *first,
                        size_t n)
{
    cleanup_free int *fds = NULL;
    struct zygote_request again;
    size_t more;
    int r = 1;

    if (request->n_fds > ZYGOTE_FDS_MAX || n > request->n_fds)
        return -EPROTO;
    fds = xcalloc(request->n_fds + 1, sizeof(*fds));
    memcpy(fds, first, n * sizeof(*fds));
    while (r > 0 && n < request->n_fds) {
        more = request->n_fds - n;
        r = zygote_receive(zygote->fd, &again, sizeof(again), fds + n, &more);
        n += more;
    }
    r = r > 0 ? zygote_fork(zygote, request, fds) : -EPROTO;
    while (n > 0)
        close(fds[--n]);
    return r;
}

static void zygote_kill(const struct zygote *zygote, uint64_t id)
{
    size_t i;

    for (i = 0; i < zygote->n; i++)
        if (zygote->children[i].id == id)
            kill(zygote->children[i].pid, SIGKILL);
}

/* Returns 1 to go on, 0 at the end, or -errno. */
static int zygote_hear(struct zygote *zygote)
{
    struct zygote_request request;
    int first[256];
    size_t n = ARRAY_SIZE(first);
    int r = zygote_receive(zygote->fd, &request, sizeof(request), first, &n);

    if (r <= 0)
        return r;
    if (r != sizeof(request))
        return -EPROTO;
    if (request.what == ZYGOTE_KILL)
        zygote_kill(zygote, request.id);
    else
        r = zygote_start(zygote, &request, first, n);
    return r < 0 ? r : 1;
}

static int zygote_loop(struct zygote *zygote)
{
    int r = 1;

    while (r > 0) {
        struct pollfd fds[] = {{zygote->fd, POLLIN, 0},
                               {zygote->signals, POLLIN, 0}};

        if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
            return -errno;
        if (fds[1].revents && zygote_reap(zygote) < 0)
            return -EPIPE;
        if (fds[0].revents)
            r = zygote_hear(zygote);
    }
    return r;
}

/* Signals of a terminal are for the runner. */
static int zygote_signals(void)
{
    static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT};
    sigset_t set;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(ignored); i++)
        signal(ignored[i], SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_SETMASK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int zygote_serve(int fd)
{
    struct zygote zygote = {.fd = fd};
    int r;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    mallopt(M_TOP_PAD, HEAP_BYTES);
    zygote.signals = zygote_signals();
    zygote.vmstat = fopen("/proc/vmstat", "re");
    zygote.alone = zygote_hide_others();
    zygote.oom = zygote_count_oom(&zygote);
    zygote.fence = fence_new();
    r = zygote.signals < 0 ? -EMFILE : 0;
    if (r == 0)
        r = zygote_hello(&zygote);
    if (r == 0)
        r = zygote_loop(&zygote);
    while (zygote.n > 0)
        kill(zygote.children[--zygote.n].pid, SIGKILL);
    if (zygote.vmstat)
        fclose(zygote.vmstat);
    fence_free(zygote.fence);
    free(zygote.children);
    return r < 0 ? 1 : 0;
}
