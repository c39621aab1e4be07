/* SPDX-License-Identifier: ISC */
/*
 * Over random nodes and random plans: what the comparison announces is what
 * applying does, no more and no less; a second run finds nothing to do; and a
 * run that fails at its end leaves the node as it was.
 */
#include "unit/unit.h"

#include "change_fixture.h"

#include "base/alloc.h"
#include "base/util.h"

#include <sys/stat.h>

enum { NAMES = 6, PLAN_MAX = 6, ROUNDS = 1500 };

struct random_plan {
    struct change list[PLAN_MAX + 1];
    size_t n;
};

static unsigned seed;

static unsigned roll(unsigned sides)
{
    return (unsigned) rand_r(&seed) % sides;
}

/* One of a few paths, up to three deep, so that they meet often. */
static char *random_path(void)
{
    struct buf path = BUF_INIT;
    unsigned depth = 1 + roll(3);

    while (depth-- > 0)
        buf_printf(&path, "/%c", 'a' + (int) roll(NAMES));
    return buf_take(&path);
}

static const char *random_text(void)
{
    static const char *const texts[] = {"", "x", "one\n", "two\nlines\n"};

    return texts[roll(ARRAY_SIZE(texts))];
}

static uint32_t random_mode(void)
{
    static const uint32_t modes[] = {0600, 0644, 0755, 0700};

    return modes[roll(ARRAY_SIZE(modes))];
}

/* Something on the node; a path that cannot be made is left out. */
static void random_entry(const struct change_fixture *fixture)
{
    cleanup_free char *path = random_path();
    cleanup_free char *full = xasprintf("%s%s", fixture->root, path);
    FILE *file;

    switch (roll(4)) {
    case 0:
        if (mkdir(full, 0755) < 0)
            return;
        break;
    case 1:
        if (symlink("x", full) < 0)
            return;
        break;
    default:
        file = fopen(full, "wx");
        if (!file)
            return;
        fputs(random_text(), file);
        fclose(file);
        if (chmod(full, random_mode()) < 0)
            abort();
    }
}

static struct change random_change(void)
{
    static const char *const owners[] = {"root", "alice", "17"};
    struct change c = {.path = random_path(),
                       .owner = owners[roll(ARRAY_SIZE(owners))],
                       .mode = random_mode()};

    switch (roll(8)) {
    case 0:
    case 1:
        c.kind = CHANGE_DIRECTORY;
        break;
    case 2:
        c.kind = CHANGE_SYMLINK;
        c.target = roll(2) ? "x" : "y";
        break;
    case 3:
        c.kind = CHANGE_ABSENT;
        break;
    case 4:
        c.kind = CHANGE_EXCLUSIVE;
        c.target = roll(2) ? "*" : "[a-c]";
        break;
    default:
        c.kind = CHANGE_FILE;
        c.content = random_text();
    }
    return c;
}

static void random_plan_make(struct random_plan *plan)
{
    size_t n = 1 + roll(PLAN_MAX);

    for (plan->n = 0; plan->n < n; plan->n++)
        plan->list[plan->n] = random_change();
}

static void random_plan_done(struct random_plan *plan)
{
    while (plan->n > 0)
        free((char *) plan->list[--plan->n].path);
}

/* Lines of a that are not in b. */
static size_t lines_missing(const char *a, const char *b)
{
    cleanup_free char *copy = xstrdup(a);
    cleanup_free char *within = xasprintf("\n%s", b);
    char *line, *save = NULL;
    size_t n = 0;

    for (line = strtok_r(copy, "\n", &save); line;
         line = strtok_r(NULL, "\n", &save)) {
        cleanup_free char *whole = xasprintf("\n%s\n", line);

        n += !strstr(within, whole);
    }
    return n;
}

/* What was announced against what became of it, by number: lines that are
 * gone or new. An update is one of each. */
static void check_announced(const struct engine_summary *summary,
                            const char *before, const char *after)
{
    assert_int_equal(lines_missing(before, after),
                     summary->updates + summary->removals);
    assert_int_equal(lines_missing(after, before),
                     summary->updates + summary->creates);
}

/* Returns false if the plan was refused. */
static bool check_plan(struct change_fixture *fixture, struct random_plan *plan)
{
    cleanup_free char *before = fixture_picture(fixture->root);
    cleanup_free char *same = NULL, *after = NULL, *again = NULL;
    struct fixture_result compared, applied;
    int r = fixture_compare(fixture, plan->list, plan->n, &compared);

    same = fixture_picture(fixture->root);
    assert_string_equal(before, same);
    assert_int_equal(fixture_apply(fixture, plan->list, plan->n, &applied), r);
    after = fixture_picture(fixture->root);
    if (r < 0) {
        assert_string_equal(before, after);
        return false;
    }
    assert_memory_equal(&compared.summary, &applied.summary,
                        sizeof(compared.summary));
    check_announced(&compared.summary, before, after);
    assert_int_equal(fixture_apply(fixture, plan->list, plan->n, &applied), 0);
    assert_int_equal(applied.summary.changes, 0);
    again = fixture_picture(fixture->root);
    assert_string_equal(after, again);
    return true;
}

/* The same plan with a command at its end that fails. */
static void check_rollback(struct change_fixture *fixture,
                           struct random_plan *plan)
{
    cleanup_free char *before = fixture_picture(fixture->root), *after = NULL;
    struct fixture_result result;

    plan->list[plan->n] = (struct change) COMMAND_("/bin/false");
    plan->list[plan->n].always = true;
    assert_true(fixture_apply(fixture, plan->list, plan->n + 1, &result) < 0);
    assert_true(!result.failure.step || result.failure.rolled_back);
    after = fixture_picture(fixture->root);
    assert_string_equal(before, after);
}

static void what_is_announced_is_what_is_done(void **state)
{
    unsigned round, first = 1, accepted = 0;
    const char *wanted = getenv("CCM_SEED");

    (void) state;
    if (wanted)
        first = (unsigned) atoi(wanted);
    for (round = first; round < first + (wanted ? 1 : ROUNDS); round++) {
        struct random_plan plan;
        struct change_fixture fixture;
        unsigned i;

        seed = round;
        print_message("again: CCM_SEED=%u\n", round);
        fixture_open(&fixture);
        for (i = roll(40); i > 0; i--)
            random_entry(&fixture);
        random_plan_make(&plan);
        check_rollback(&fixture, &plan);
        accepted += check_plan(&fixture, &plan);
        random_plan_done(&plan);
        fixture_done(&fixture);
    }
    print_message("%u plans were accepted\n", accepted);
    assert_true(wanted || accepted > ROUNDS / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_announced_is_what_is_done),
    };

    if (geteuid() != 0) {
        printf("1..0 # SKIP needs root\n");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
