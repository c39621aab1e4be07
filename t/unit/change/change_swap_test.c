/* SPDX-License-Identifier: ISC */
/*
 * A customer who swaps names in the home directory as fast as the machine
 * goes, for symlinks out of it, FIFOs, directories, hard links and nothing,
 * while runs go on there. Nothing outside may change, no run may hang, and
 * nothing may be left behind.
 */
#include "unit/unit.h"

#include "change_fixture.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

enum { CUSTOMER = 4001, RUNS = 300, MOVES = 200000, DEADLINE_S = 100 };

#define OWNED_ .owner = "alice", .group = "alice"

static const char *const names[] = {"f", "d", "d/g", "l", "gone", "x", "x/y"};

static unsigned seed = 7;
static volatile unsigned *moves; /* of the customer; shared with it */

static unsigned roll(unsigned sides)
{
    return (unsigned) rand_r(&seed) % sides;
}

/* Whatever it is. A directory with something in it would stay in the way of
 * every run, which is refused then; that has a test of its own. */
static void clear(const char *name)
{
    static const char *const inside[] = {"f", "g", "l", "y", "x/y", "d/g"};
    size_t i;

    if (unlink(name) == 0 || errno == ENOENT)
        return;
    for (i = 0; i < ARRAY_SIZE(inside); i++) {
        char path[64];

        snprintf(path, sizeof(path), "%s/%s", name, inside[i]);
        if (unlink(path) < 0)
            rmdir(path);
    }
    rmdir(name);
}

/* One move of the customer, who stands in the home directory. What fails
 * fails. */
static void swap_once(void)
{
    const char *name = names[roll(ARRAY_SIZE(names))];
    int fd, r = 0;

    if (roll(8) == 0) {
        rename(name, names[roll(ARRAY_SIZE(names))]);
        return;
    }
    clear(name);
    switch (roll(7)) {
    case 0:
        r = symlink("../../victim", name);
        break;
    case 1:
        r = symlink("../../victim/g", name);
        break;
    case 2:
        r = mkfifo(name, 0666);
        break;
    case 3:
        r = mkdir(name, 0777);
        break;
    case 4:
        r = link("../../victim/g", name);
        break;
    case 5:
        fd = open(name, O_WRONLY | O_CREAT | O_NONBLOCK, 0666);
        r = fd < 0 ? -1 : close(fd);
        break;
    default: /* nothing stays there */
        break;
    }
    (void) r;
}

/* Starts the customer. Returns the process. */
static pid_t customer(const struct change_fixture *fixture)
{
    cleanup_free char *home = xasprintf("%s/home/alice", fixture->root);
    pid_t pid = fork();

    if (pid != 0)
        return pid;
    if (chdir(home) < 0 || setgid(CUSTOMER) < 0 || setuid(CUSTOMER) < 0)
        _exit(1);
    for (;; ++*moves)
        swap_once();
}

static void prepare(struct change_fixture *fixture)
{
    cleanup_free char *home = xasprintf("%s/home/alice", fixture->root);

    assert_int_equal(chmod(fixture->dir, 0755), 0);
    fixture_mkdir(fixture, "/home", 0755);
    fixture_mkdir(fixture, "/home/alice", 0755);
    assert_int_equal(chown(home, CUSTOMER, CUSTOMER), 0);
    fixture_mkdir(fixture, "/victim", 0755);
    fixture_write(fixture, "/victim/g", "secret", 0600);
    fixture_write(fixture, "/victim/y", "secret", 0600);
    fixture_write(fixture, "/victim/gone", "secret", 0600);
}

static int run_once(struct change_fixture *fixture, int round)
{
    static const char *const texts[] = {"one", "other"};
    const char *text = texts[round % 2];
    const struct change changes[] = {
        DIR_("/home/alice/d", 0700, OWNED_),
        FILE_("/home/alice/f", text, OWNED_),
        FILE_("/home/alice/d/g", text, OWNED_, .mode = 0600),
        LINK_("/home/alice/l", text, OWNED_),
        ABSENT_("/home/alice/gone"),
        EXCLUSIVE_("/home/alice/x", "*"),
    };
    struct fixture_result result;
    int r = fixture_apply(fixture, changes, ARRAY_SIZE(changes), &result);

    if (r < 0 && result.failure.step && !result.failure.rolled_back)
        print_message("not rolled back: %s\n", result.err.text);
    return r;
}

static void assert_same(const char *expected,
                        const struct change_fixture *fixture, const char *path)
{
    cleanup_free char *full = xasprintf("%s%s", fixture->root, path);
    cleanup_free char *now = fixture_picture(full);

    assert_string_equal(now, expected);
}

static void nothing_outside_is_touched(void **state)
{
    cleanup_free char *victim = NULL, *etc = NULL, *path = NULL, *all = NULL;
    struct change_fixture fixture;
    time_t end = time(NULL) + unit_ms(DEADLINE_S);
    int i, done = 0;
    pid_t pid;

    (void) state;
    moves = mmap(NULL, sizeof(*moves), PROT_READ | PROT_WRITE,
                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(moves != MAP_FAILED);
    fixture_open(&fixture);
    prepare(&fixture);
    path = xasprintf("%s/victim", fixture.root);
    victim = fixture_picture(path);
    free(path);
    path = xasprintf("%s/etc", fixture.root);
    etc = fixture_picture(path);
    pid = customer(&fixture);
    for (i = 0; (i < RUNS || *moves < MOVES) && time(NULL) < end; i++) {
        done += run_once(&fixture, i) == 0;
        assert_same(victim, &fixture, "/victim");
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    print_message("%d of %d runs were done, %u moves\n", done, i, *moves);
    assert_true(done > 0 && i >= RUNS);
    fixture_recover(&fixture);
    assert_same(victim, &fixture, "/victim");
    assert_same(etc, &fixture, "/etc");
    all = fixture_picture(fixture.root);
    if (strstr(all, "/.ccm."))
        fail_msg("left behind:\n%s", all);
    fixture_done(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_outside_is_touched),
    };

    if (geteuid() != 0) {
        printf("1..0 # SKIP needs root\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
