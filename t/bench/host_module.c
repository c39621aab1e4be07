/* SPDX-License-Identifier: ISC */
/* The module that host_bench.c copies, with other digits in its name: a
 * hundred files of a kilobyte. */
#include <ccm/module.h>

static int plan(struct ccm_run *run)
{
    const char *name = ccm_configuration(run);
    int i, line;

    for (i = 0; i < 100; i++) {
        FILE *out = ccm_file(
            run,
            &(struct ccm_file){.path = ccm_path(run, "/bench/%s/%d", name, i)});

        for (line = 0; line < 20; line++)
            fprintf(out, "this is line %d of file %d in configuration %s\n",
                    line, i, name);
    }
    return 0;
}

CCM_MODULE(.name = "m00000", .version = "1.0", .plan = plan);
