/* SPDX-License-Identifier: ISC */
/* Tests that modules declare: of one file before it is moved in place, and of
 * the complete set of a service before its reload. */
#include "change/apply_test.h"

#include "base/alloc.h"
#include "base/util.h"
#include "command/command.h"

/* In a test's argv: the path of the new contents (CCM_STAGED of module.h). */
#define TEST_STAGED "{}"

/* staged: NULL for a service's. */
static int apply_test_run(struct work *work, const struct change *test,
                          const char *staged, struct error *err)
{
    cleanup_free const char **argv = NULL;
    struct command_spec spec = {.user = test->user,
                                .root = work->config->root,
                                .timeout_ms = (int64_t) test->timeout_s * 1000};
    size_t n = 0, i;
    int r;

    while (test->list[n])
        n++;
    argv = xcalloc(n + 1, sizeof(*argv));
    for (i = 0; i < n; i++)
        argv[i] = staged && streq(test->list[i], TEST_STAGED) ? staged
                                                              : test->list[i];
    spec.argv = argv;
    r = command_run(&spec, NULL, err);
    return r < 0 ? error_prefix(err, r, "test of %s by %s",
                                test->path ? test->path : test->service,
                                test->list[0])
                 : 0;
}

void apply_test_find(struct work *work)
{
    size_t i, capacity = 0;

    for (i = 0; i < work->plan->n_changes; i++) {
        if (work->plan->changes[i].kind != CHANGE_TEST)
            continue;
        xgrow(&work->tests, &capacity, work->n_tests, sizeof(*work->tests));
        work->tests[work->n_tests++] = &work->plan->changes[i];
    }
}

/* A file in a directory that is new comes in place with that. */
int apply_test_staged(struct work *work, const struct op *op, struct error *err)
{
    const struct change *c = op->delta->change;
    const char *at = op->inside ? op->path : op->temporary;
    cleanup_free char *staged = NULL;
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < work->n_tests; i++) {
        const struct change *test = work->tests[i];

        if (c->kind != CHANGE_FILE || !test->path ||
            !streq(test->path, c->path))
            continue;
        if (!staged)
            staged = streq(work->config->root, "/")
                         ? xstrdup(at)
                         : xasprintf("%s%s", work->config->root, at);
        r = apply_test_run(work, test, staged, err);
    }
    return r;
}

int apply_test_service(struct work *work, const char *service,
                       struct error *err)
{
    size_t i;
    int r = 0;

    for (i = 0; r == 0 && i < work->n_tests; i++)
        if (work->tests[i]->service && streq(work->tests[i]->service, service))
            r = apply_test_run(work, work->tests[i], NULL, err);
    return r;
}
