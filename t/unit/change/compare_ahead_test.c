/* SPDX-License-Identifier: ISC */
/* Looking at many files at once finds what looking at each alone does. */
#include "unit/unit.h"

#include "change_fixture.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"

#include <sched.h>
#include <sys/stat.h>

#define FILES 1200
#define CHANGED 873 /* eight of eleven, see make_one */
#define TEXT_SIZE 64

struct many {
    struct change_fixture fixture;
    char paths[FILES][TEXT_SIZE], texts[FILES][TEXT_SIZE];
    struct change changes[FILES];
};

/* What stands at the path of file i already, and how it is declared. */
static void make_one(struct many *many, int i)
{
    const char *path = many->paths[i], *text = many->texts[i];
    cleanup_free char *full = xasprintf("%s%s", many->fixture.root, path);

    many->changes[i] = (struct change) FILE_(path, text);
    switch (i % 11) {
    case 0: /* not there */
        return;
    case 1:
        fixture_write(&many->fixture, path, "as long, but others\n", 0644);
        return;
    case 2:
        fixture_write(&many->fixture, path, "of another length\n", 0644);
        return;
    case 3:
        fixture_write(&many->fixture, path, text, 0600);
        return;
    case 4:
        many->changes[i].sensitive = true;
        fixture_write(&many->fixture, path, "a secret\n", 0600);
        return;
    case 5:
        assert_int_equal(symlink("/nowhere", full), 0);
        return;
    case 6:
        assert_int_equal(mkfifo(full, 0644), 0);
        return;
    case 7:
        fixture_write(&many->fixture, path, "", 0644);
        return;
    default:
        fixture_write(&many->fixture, path, text, 0644);
    }
}

static struct many *many_new(void)
{
    struct many *many = xcalloc(1, sizeof(*many));
    int i;

    fixture_open(&many->fixture);
    fixture_mkdir(&many->fixture, "/many", 0755);
    fixture_mkdir(&many->fixture, "/more", 0755);
    for (i = 0; i < FILES; i++) {
        snprintf(many->paths[i], TEXT_SIZE, "/%s/f%d",
                 i < FILES / 2 ? "many" : "more", i);
        snprintf(many->texts[i], TEXT_SIZE, "this is file   %4d\n", i);
        make_one(many, i);
    }
    return many;
}

static char *preview(struct many *many)
{
    struct fixture_plan plan = {0};
    struct engine_summary summary;
    struct engine_failure failure;
    json_auto_t *document = NULL;
    struct engine *engine = NULL;
    struct error err = {.text = ""};
    char *line;

    if (fixture_plan_add(&plan, "conf", many->changes, FILES, &err) < 0 ||
        engine_open(&many->fixture.config, ENGINE_PREVIEW, &engine, &err) < 0)
        fail_msg("%s", err.text);
    engine_allow_removals(engine);
    if (engine_compare(engine, plan.plan, &summary, &failure, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(summary.changes, CHANGED);
    document = engine_preview_json(engine);
    line = json_line(document);
    engine_close(engine);
    fixture_plan_done(&plan);
    return line;
}

static void many_at_once_are_as_each_alone(void **state)
{
    cleanup_free char *together = NULL, *alone = NULL;
    struct many *many = many_new();
    cpu_set_t all, one;

    (void) state;
    together = preview(many);
    assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
    alone = preview(many);
    assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
    assert_string_equal(together, alone);
    assert_non_null(strstr(together, "-of another length"));
    assert_null(strstr(together, "a secret"));
    fixture_done(&many->fixture);
    free(many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_at_once_are_as_each_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
