/* SPDX-License-Identifier: ISC */
/* A module that is not deterministic, or not careful, in the way that its
 * setting "act" says; what `ccmctl module check` finds is in
 * t/t0331-module-check.t. */
#include <ccm/module.h>

#include <string.h>
#include <time.h>

static FILE *declare(struct ccm_run *run, const char *name)
{
    return ccm_file(
        run, &(struct ccm_file){.path = ccm_path(run, "/careless/%s", name)});
}

/* As it should be. */
static void act_good(struct ccm_run *run, size_t i, const json_t *thing)
{
    const char *name = ccm_name(run, thing, "name");

    (void) i;
    if (!ccm_rejected(run, thing))
        fprintf(declare(run, name), "%s\n", name);
}

static void act_clock(struct ccm_run *run, size_t i, const json_t *thing)
{
    (void) thing;
    if (i == 0)
        fprintf(declare(run, "clock"), "%lld\n", (long long) time(NULL));
}

/* Writes members as they come. */
static void act_members(struct ccm_run *run, size_t i, const json_t *thing)
{
    FILE *out = declare(run, (char[]){(char) ('a' + i), '\0'});
    const char *name;
    json_t *value;

    json_object_foreach ((json_t *) thing, name, value)
        fprintf(out, "%s\n", name);
}

/* Names files by the place of the object among others. */
static void act_order(struct ccm_run *run, size_t i, const json_t *thing)
{
    if (i == 0)
        fputs("first\n", declare(run, ccm_string(run, thing, "name")));
}

/* One file with all objects in their order, which is accepted. */
static void act_list(struct ccm_run *run, size_t i, const json_t *thing)
{
    static FILE *out;

    if (i == 0)
        out = declare(run, "list");
    fprintf(out, "%s\n", ccm_line(run, thing, "name"));
}

static void act_crash(struct ccm_run *run, size_t i, const json_t *thing)
{
    const char *colour = json_string_value(json_object_get(thing, "colour"));

    (void) i;
    act_good(run, i, thing);
    if (strcmp(colour, "red") == 0)
        ccm_log(run, "red");
}

/* Holds everybody up because of one object. */
static void act_fail(struct ccm_run *run, size_t i, const json_t *thing)
{
    act_good(run, i, thing);
    if (!json_is_integer(json_object_get(thing, "count")))
        ccm_fail(run, "no count");
}

/* A customer's text in a file of lines. */
static void act_lines(struct ccm_run *run, size_t i, const json_t *thing)
{
    static FILE *out;

    if (i == 0)
        out = declare(run, "lines");
    fprintf(out, "%s\n", ccm_string(run, thing, "name"));
}

/* Whose directory nobody makes. */
static void act_nowhere(struct ccm_run *run, size_t i, const json_t *thing)
{
    (void) thing;
    if (i == 0)
        fputs("text\n",
              ccm_file(run, &(struct ccm_file){.path = "/nowhere/at/all"}));
}

/* As many files as may be. */
static void act_many(struct ccm_run *run, size_t i, const json_t *thing)
{
    int n = i == 0 ? 100000 : 0;
    char name[16];

    (void) thing;
    while (n-- > 0) {
        snprintf(name, sizeof(name), "%d", n);
        fprintf(declare(run, name), "%d\n", n);
    }
}

/* A customer's text in a path. */
static void act_path(struct ccm_run *run, size_t i, const json_t *thing)
{
    const char *name = ccm_string(run, thing, "name");

    (void) i;
    if (!ccm_rejected(run, thing))
        fputs("x\n", declare(run, name));
}

static const struct {
    const char *name;
    void (*act)(struct ccm_run *run, size_t i, const json_t *thing);
} acts[] = {
    {"good", act_good},       {"clock", act_clock}, {"members", act_members},
    {"order", act_order},     {"list", act_list},   {"crash", act_crash},
    {"fail", act_fail},       {"path", act_path},   {"lines", act_lines},
    {"nowhere", act_nowhere}, {"many", act_many},
};

static int plan(struct ccm_run *run)
{
    const char *act = ccm_string(run, ccm_settings(run), "act");
    const json_t *thing;
    size_t i, j;

    ccm_directory(run, &(struct ccm_directory){.path = "/careless"});
    for (j = 0; j < sizeof(acts) / sizeof(acts[0]); j++) {
        if (strcmp(acts[j].name, act) != 0)
            continue;
        json_array_foreach (ccm_objects(run, "things"), i, thing)
            acts[j].act(run, i, thing);
    }
    return 0;
}

CCM_MODULE(.name = "careless", .version = "1", .subscribes = CCM_LIST("things"),
           .plan = plan);
