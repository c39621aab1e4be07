/* SPDX-License-Identifier: ISC */
/* One link of a chain of small modules, compiled once for each: CHAIN_NAME
 * and, but for the first, CHAIN_DEPENDS. Its file shows where it ran. */
#include <ccm/module.h>

static int plan(struct ccm_run *run)
{
    const char *name = ccm_configuration(run);

    ccm_directory(
        run, &(struct ccm_directory){.path = ccm_path(run, "/chain-%s", name)});
    fprintf(ccm_file(run, &(struct ccm_file){.path = ccm_path(
                                                 run, "/chain-%s/name", name)}),
            "%s\n", name);
    return 0;
}

CCM_MODULE(.name = CHAIN_NAME, .version = "1",
#ifdef CHAIN_DEPENDS
           .depends = CCM_LIST(CHAIN_DEPENDS),
#endif
           .plan = plan);
