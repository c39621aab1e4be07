/* SPDX-License-Identifier: ISC */
/* Planners for a test. */
#include "planner_fixture.h"

#include "base/util.h"
#include "unit/files.h"

static char *built(const char *name)
{
    const char *dir = getenv("builddir");

    return xasprintf("%s/t/modules/%s.so", dir ? dir : ".", name);
}

int fixture_open(void **state)
{
    struct planner_fixture *fixture = xcalloc(1, sizeof(*fixture));
    const char *types[] = {"things", NULL};
    cleanup_free char *ok = built("ok"), *hostile = built("hostile");
    struct trust trust = {0};
    struct error err = {""};

    fixture->dir = scratch_new();
    fixture->modules = files_put(fixture->dir, "modules", NULL);
    fixture->dirs[0] = fixture->modules;
    fixture->open = files_put(fixture->dir, "open", NULL);
    fixture->victim = xasprintf("%s/victim", fixture->open);
    fixture->fifo = xasprintf("%s/fifo", fixture->open);
    if (chmod(fixture->dir, 0711) < 0 || chmod(fixture->open, 0777) < 0 ||
        mkfifo(fixture->fifo, 0666) < 0)
        return -1;
    free(files_put(fixture->dir, "things.json",
                   "[{\"id\":1,\"name\":\"one\"},{\"id\":2,\"name\":3},"
                   "{\"id\":4,\"name\":\"four\",\"count\":2}]"));
    files_copy(fixture->modules, "ok.so", ok);
    files_copy(fixture->modules, "hostile.so", hostile);
    fixture->config = (struct config){
        .node = (char *) "web1",
        .plan_timeout_ms = 20000,
        .objects = {.kind = OBJECTS_DIRECTORY, .path = fixture->dir},
    };
    *state = fixture;
    if (confine_new(&fixture->config, &fixture->confine, &err) == 0 &&
        objects_fetch(&fixture->config, types, 7, &fixture->objects, &err) ==
            0 &&
        module_open(&trust, fixture->dirs, "hostile", &fixture->file, &err) ==
            0) {
        trust_done(&trust);
        return 0;
    }
    print_error("%s\n", err.text);
    return -1;
}

int fixture_close(void **state)
{
    struct planner_fixture *fixture = *state;

    module_close(fixture->file);
    objects_free(fixture->objects);
    confine_free(fixture->confine);
    free(fixture->victim);
    free(fixture->fifo);
    free(fixture->open);
    free(fixture->modules);
    scratch_free(fixture->dir);
    free(fixture);
    return 0;
}

void fixture_hostile(struct planner_fixture *fixture, struct configuration *c,
                     const char *name, const char *act)
{
    static const char *const types[] = {"things", NULL};

    *c = (struct configuration){
        .name = (char *) name,
        .subscribes = (char **) types,
        .module = (char *) "hostile",
        .version = (char *) "1",
        .summary = (char *) "",
        .file = fixture->file,
        .declared_in = (char *) "hostile.conf",
        .settings = json_pack("{s:s, s:s, s:s}", "act", act, "victim",
                              fixture->victim, "fifo", fixture->fifo),
    };
}

void fixture_plan(struct planner_fixture *fixture,
                  const struct configuration *const *list, size_t n,
                  struct planner_result *results)
{
    struct planner_job job = {&fixture->config,
                              fixture->confine,
                              fixture->objects,
                              list,
                              n,
                              false,
                              NULL};
    struct error err = {""};

    if (planner_run(&job, results, &err) < 0)
        fail_msg("%s", err.text);
}

bool fixture_lacks(const struct planner_fixture *fixture, const char *word)
{
    json_auto_t *confinement = confine_json(fixture->confine);
    json_t *missing;
    size_t i;

    json_array_foreach (json_object_get(confinement, "missing"), i, missing)
        if (strstr(json_string_value(missing), word))
            return true;
    return false;
}
