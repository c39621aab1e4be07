/* SPDX-License-Identifier: ISC */
/* Built once against the first release and never again: shows what a program
 * has printed. */
#include <ccm/module.h>

static int plan(struct ccm_run *run)
{
    size_t size;
    const char *text = ccm_program(run, &size);

    fwrite(text, size, 1,
           ccm_file(run, &(struct ccm_file){.path = "/printed"}));
    return 0;
}

CCM_MODULE(.name = "old-program", .version = "1", .plan = plan);
