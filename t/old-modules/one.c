/* SPDX-License-Identifier: ISC */
/* Built once against the first release and never again: a file an object. */
#include <ccm/module.h>

static int plan(struct ccm_run *run)
{
    const json_t *thing;
    size_t i;

    ccm_directory(run, &(struct ccm_directory){.path = "/old"});
    ccm_exclusive(run, &(struct ccm_exclusive){.path = "/old"});
    json_array_foreach (ccm_objects(run, "things"), i, thing) {
        const char *name = ccm_name(run, thing, "name");

        if (ccm_rejected(run, thing))
            continue;
        fprintf(
            ccm_file(run,
                     &(struct ccm_file){.path = ccm_path(run, "/old/%s", name),
                                        .mode = 0640,
                                        .object = thing}),
            "%s %lld %s\n", name,
            (long long) ccm_integer_or(run, thing, "count", 7), ccm_node(run));
    }
    return 0;
}

CCM_MODULE(.name = "old-one", .version = "1", .summary = "a file an object",
           .subscribes = CCM_LIST("things"), .plan = plan);
