/* SPDX-License-Identifier: ISC */
/* A module as it should be: a file for each thing, and one of all kinds of
 * declarations. The setting "refuse" makes check() refuse. */
#include <ccm/module.h>

static int check(struct ccm_run *run)
{
    const char *why = ccm_string_or(run, ccm_settings(run), "refuse", NULL);

    return why ? ccm_fail(run, "refused: %s", why) : 0;
}

static void plan_thing(struct ccm_run *run, const json_t *thing)
{
    const char *name = ccm_name(run, thing, "name");
    int64_t count = ccm_integer_or(run, thing, "count", 1);
    FILE *out;

    if (ccm_rejected(run, thing))
        return;
    out = ccm_file(run,
                   &(struct ccm_file){.path = ccm_path(run, "/etc/ok/%s", name),
                                      .object = thing});
    while (count-- > 0)
        fprintf(out, "%s of %s\n", name, ccm_configuration(run));
}

static int plan(struct ccm_run *run)
{
    const json_t *thing;
    size_t i;

    ccm_directory(run, &(struct ccm_directory){.path = "/etc/ok"});
    ccm_exclusive(run, &(struct ccm_exclusive){.path = "/etc/ok"});
    json_array_foreach (ccm_objects(run, "things"), i, thing)
        plan_thing(run, thing);
    ccm_log(run, "%zu things", json_array_size(ccm_objects(run, "things")));
    return 0;
}

CCM_MODULE(.name = "ok", .version = "1.0", .summary = "a file a thing",
           .subscribes = CCM_LIST("things"), .check = check, .plan = plan);
