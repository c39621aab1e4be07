/* SPDX-License-Identifier: ISC */
/* Planners for a test. */
#include "planner_place.h"

#include "base/util.h"
#include "unit/files.h"

static char *built(const char *name)
{
    const char *dir = getenv("builddir");

    return xasprintf("%s/t/modules/%s.so", dir ? dir : ".", name);
}

int place_open(void **state)
{
    struct place *place = xcalloc(1, sizeof(*place));
    const char *types[] = {"things", NULL};
    cleanup_free char *ok = built("ok"), *hostile = built("hostile");
    struct trust trust = {0};
    struct error err = {""};

    place->dir = scratch_new();
    place->modules = files_put(place->dir, "modules", NULL);
    place->dirs[0] = place->modules;
    place->open = files_put(place->dir, "open", NULL);
    place->victim = xasprintf("%s/victim", place->open);
    if (chmod(place->dir, 0711) < 0 || chmod(place->open, 0777) < 0)
        return -1;
    free(files_put(place->dir, "things.json",
                   "[{\"id\":1,\"name\":\"one\"},{\"id\":2,\"name\":3},"
                   "{\"id\":4,\"name\":\"four\",\"count\":2}]"));
    files_copy(place->modules, "ok.so", ok);
    files_copy(place->modules, "hostile.so", hostile);
    place->config = (struct config){
        .node = (char *) "web1",
        .plan_timeout_ms = 20000,
        .objects = {.kind = OBJECTS_DIRECTORY, .path = place->dir},
    };
    *state = place;
    if (confine_new(&place->confine, &err) == 0 &&
        objects_fetch(&place->config, types, 7, &place->objects, &err) == 0 &&
        module_open(&trust, place->dirs, "hostile", &place->file, &err) == 0) {
        trust_done(&trust);
        return 0;
    }
    print_error("%s\n", err.text);
    return -1;
}

int place_close(void **state)
{
    struct place *place = *state;

    module_close(place->file);
    objects_free(place->objects);
    confine_free(place->confine);
    free(place->victim);
    free(place->open);
    free(place->modules);
    scratch_free(place->dir);
    free(place);
    return 0;
}

void place_hostile(struct place *place, struct configuration *c,
                   const char *name, const char *act)
{
    *c = (struct configuration){
        .name = (char *) name,
        .module = (char *) "hostile",
        .version = (char *) "1",
        .summary = (char *) "",
        .file = place->file,
        .declared_in = (char *) "hostile.conf",
        .settings =
            json_pack("{s:s, s:s}", "act", act, "victim", place->victim),
    };
}

void place_plan(struct place *place, const struct configuration *const *list,
                size_t n, struct planner_result *results)
{
    struct planner_job job = {&place->config, place->confine, place->objects,
                              list, n};
    struct error err = {""};

    if (planner_run(&job, results, &err) < 0)
        fail_msg("%s", err.text);
}

bool place_lacks(const struct place *place, const char *word)
{
    json_auto_t *confinement = confine_json(place->confine);
    json_t *missing;
    size_t i;

    json_array_foreach (json_object_get(confinement, "missing"), i, missing)
        if (strstr(json_string_value(missing), word))
            return true;
    return false;
}
