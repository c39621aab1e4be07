/* SPDX-License-Identifier: ISC */
/* A module that misbehaves in plan(), in the way that its setting "act" says.
 * What must become of each is in t/unit/host/planner_act_test.c. */
#include "hostile.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

FILE *hostile_file(struct ccm_run *run, const char *path)
{
    return ccm_file(run, &(struct ccm_file){.path = path});
}

static int act_declare(struct ccm_run *run)
{
    fputs("text\n", hostile_file(run, "/file"));
    return 0;
}

static int act_fail(struct ccm_run *run)
{
    hostile_file(run, "/file");
    return ccm_fail(run, "no cake on %s", ccm_node(run));
}

static int act_hang(struct ccm_run *run)
{
    (void) run;
    while (pause() < 0)
        ;
    return 0;
}

static int act_exit_well(struct ccm_run *run)
{
    act_declare(run);
    exit(0);
}

static void never(void)
{
    abort();
}

static int act_atexit(struct ccm_run *run)
{
    atexit(never);
    return act_declare(run);
}

static void ignore(int number)
{
    (void) number;
}

static int act_signal(struct ccm_run *run)
{
    int number;

    for (number = 1; number < 32; number++)
        signal(number, ignore);
    return act_hang(run);
}

static void *idle(void *argument)
{
    pause();
    return argument;
}

static int act_thread(struct ccm_run *run)
{
    pthread_t thread;

    pthread_create(&thread, NULL, idle, NULL);
    return act_declare(run);
}

static int act_fork(struct ccm_run *run)
{
    if (fork() == 0)
        pause();
    return act_declare(run);
}

static int act_bomb(struct ccm_run *run)
{
    (void) run;
    while (fork() != 12345)
        ;
    return 0;
}

/* A blocked signal does not help: the kernel then kills at once. */
static int act_blocked(struct ccm_run *run)
{
    sigset_t all;

    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    return act_fork(run);
}

/* The number of a signal is an int; bits above do not count for the kernel.
 * The structure is the kernel's: handler, flags, restorer, mask. */
static int act_catch(struct ccm_run *run)
{
    unsigned long action[8];

    signal(SIGUSR1, ignore);
    syscall(SYS_rt_sigaction, SIGUSR1, NULL, action, sizeof(action[0]));
    syscall(SYS_rt_sigaction, SIGSYS | (UINT64_C(1) << 32), action, NULL,
            sizeof(action[0]));
    unlink("/nowhere/at-all");
    return act_declare(run);
}

static int act_exec(struct ccm_run *run)
{
    execl("/bin/true", "true", (char *) NULL);
    return act_declare(run);
}

/* The setting "victim": where everybody may write. */
static const char *victim(struct ccm_run *run)
{
    return ccm_string_or(run, ccm_settings(run), "victim", "");
}

static int act_write(struct ccm_run *run)
{
    close(open(victim(run), O_WRONLY | O_CREAT, 0600));
    return act_declare(run);
}

static int act_truncate(struct ccm_run *run)
{
    close(open("/dev/null", O_RDONLY | O_TRUNC));
    return act_declare(run);
}

static int act_unlink(struct ccm_run *run)
{
    unlink(victim(run));
    return act_declare(run);
}

static int act_chmod(struct ccm_run *run)
{
    chmod("/tmp", 0777);
    return act_declare(run);
}

static int act_connect(struct ccm_run *run)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(9),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    connect(fd, (struct sockaddr *) &address, sizeof(address));
    return act_declare(run);
}

static int act_unix(struct ccm_run *run)
{
    if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0)
        abort();
    return act_declare(run);
}

static int act_kill(struct ccm_run *run)
{
    kill(getppid(), SIGTERM);
    return act_declare(run);
}

static int act_ptrace(struct ccm_run *run)
{
    ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
    return act_declare(run);
}

static int act_allocate(struct ccm_run *run)
{
    size_t size = (size_t) 10 << 30;
    char *volatile memory = malloc(size); /* not to be optimised away */

    if (!memory)
        return ccm_fail(run, "10 GB were refused");
    memset(memory, 1, size);
    return act_declare(run);
}

static int act_eat(struct ccm_run *run)
{
    FILE *out = hostile_file(run, "/file");
    static char block[1 << 20];

    memset(block, 'x', sizeof(block));
    while (fwrite(block, sizeof(block), 1, out) == 1)
        ;
    return 0;
}

static int act_print(struct ccm_run *run)
{
    puts("{\"event\":\"done\"}");
    fflush(stdout);
    fputs("to standard error\n", stderr);
    return act_declare(run);
}

static int act_close(struct ccm_run *run)
{
    int fd;

    for (fd = 0; fd < 4096; fd++)
        close(fd);
    return act_declare(run);
}

/* Writes where the result goes, and leaves. */
static int act_forge(struct ccm_run *run)
{
    char rubbish[256];
    int fd;

    (void) run;
    memset(rubbish, 0xa5, sizeof(rubbish));
    for (fd = 3; fd < 4096; fd++)
        if (write(fd, rubbish, sizeof(rubbish)) < 0)
            continue;
    _exit(0);
}

/* Seals what it finds, so that nobody can write the result, or seal it. */
static int act_seal(struct ccm_run *run)
{
    int fd;

    for (fd = 3; fd < 4096; fd++)
        fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SEAL);
    return act_declare(run);
}

/* Looks for the memory of the runner, and of planners started before it. */
static int act_peek(struct ccm_run *run)
{
    int pid;

    for (pid = getppid(); pid < getpid(); pid++)
        if (open(ccm_path(run, "/proc/%d/mem", pid), O_RDONLY) >= 0)
            return ccm_fail(run, "the memory of %d is open", pid);
    return act_declare(run);
}

/* The setting "fifo": one that any user could have made. Without O_NONBLOCK
 * opening it would wait for that user. */
static int act_fifo(struct ccm_run *run)
{
    const char *fifo = ccm_string(run, ccm_settings(run), "fifo");

    if (open(fifo, O_RDONLY | O_NONBLOCK) >= 0)
        return ccm_fail(run, "the other end is open");
    return act_declare(run);
}

static int act_unsubscribed(struct ccm_run *run)
{
    return (int) json_array_size(ccm_objects(run, "secrets"));
}

/* What it can find out about where it runs. */
static int act_look(struct ccm_run *run)
{
    ccm_log(run, "uid %d, home %s, terminal %s", (int) getuid(),
            getenv("HOME") ? "is set" : "is not set",
            open("/dev/tty", O_RDONLY) >= 0 ? "in reach" : "out of reach");
    return act_declare(run);
}

static const struct {
    const char *name;
    int (*act)(struct ccm_run *run);
} acts[] = {
    {"declare", act_declare},
    {"fail", act_fail},
    {"return", act_return},
    {"crash", act_crash},
    {"stray", act_stray},
    {"abort", act_abort},
    {"hang", act_hang},
    {"spin", act_spin},
    {"exit", act_exit},
    {"exit-70", act_exit_70},
    {"kill-self", act_kill_self},
    {"exit-well", act_exit_well},
    {"atexit", act_atexit},
    {"signal", act_signal},
    {"thread", act_thread},
    {"fork", act_fork},
    {"bomb", act_bomb},
    {"blocked", act_blocked},
    {"catch", act_catch},
    {"exec", act_exec},
    {"write", act_write},
    {"truncate", act_truncate},
    {"unlink", act_unlink},
    {"chmod", act_chmod},
    {"connect", act_connect},
    {"unix", act_unix},
    {"kill", act_kill},
    {"ptrace", act_ptrace},
    {"allocate", act_allocate},
    {"eat", act_eat},
    {"print", act_print},
    {"close", act_close},
    {"forge", act_forge},
    {"forge-rejected", act_forge_rejected},
    {"forge-again", act_forge_again},
    {"forge-type", act_forge_type},
    {"forge-log", act_forge_log},
    {"forge-nested", act_forge_nested},
    {"forge-changes", act_forge_changes},
    {"seal", act_seal},
    {"peek", act_peek},
    {"fifo", act_fifo},
    {"outside", act_outside},
    {"inserted", act_inserted},
    {"newline", act_newline},
    {"many", act_many},
    {"too-many", act_too_many},
    {"streams", act_streams},
    {"unsubscribed", act_unsubscribed},
    {"look", act_look},
};

static int plan(struct ccm_run *run)
{
    const char *act = ccm_string(run, ccm_settings(run), "act");
    size_t i;

    for (i = 0; i < sizeof(acts) / sizeof(acts[0]); i++)
        if (strcmp(acts[i].name, act) == 0)
            return acts[i].act(run);
    return ccm_fail(run, "unknown act \"%s\"", act);
}

CCM_MODULE(.name = "hostile", .version = "1", .plan = plan);
