/* SPDX-License-Identifier: ISC */
/* Modules with a descriptor that is not as CCM_MODULE makes it: compiled once
 * for each DESCRIPTOR. */
#include <ccm/module.h>

#include <stddef.h>

#define NONE 0      /* no descriptor at all */
#define WRONG_ABI 1 /* of another age */
#define SHORTER 2   /* built against an older header */
#define LONGER 3    /* built against a newer header */
#define BOASTING 4  /* says that it is larger than it is */
#define NAMELESS 5  /* a required field is missing */
#define BAD_NAME 6  /* a field has a bad value */

#if DESCRIPTOR != NONE
static int plan(struct ccm_run *run)
{
    fputs("here\n", ccm_file(run, &(struct ccm_file){.path = "/descriptor"}));
    return 0;
}
#else
int nothing_here;
#endif

#if DESCRIPTOR == WRONG_ABI
extern CCM_EXPORT const struct ccm_module ccm_module;
const struct ccm_module ccm_module = {.abi = 77,
                                      .size = sizeof(struct ccm_module),
                                      .name = "descriptor",
                                      .version = "1",
                                      .plan = plan};
#elif DESCRIPTOR == SHORTER
/* All up to plan: the least that there ever was. */
struct shorter {
    uint32_t abi, size;
    const char *name, *version, *summary;
    const char *const *subscribes, *const *depends;
    int (*check)(struct ccm_run *run);
    int (*plan)(struct ccm_run *run);
};
extern CCM_EXPORT const struct shorter ccm_module;
const struct shorter ccm_module = {.abi = CCM_ABI,
                                   .size = sizeof(struct shorter),
                                   .name = "descriptor",
                                   .version = "1",
                                   .plan = plan};
#elif DESCRIPTOR == LONGER
struct longer {
    struct ccm_module known;
    const char *of_tomorrow[4];
};
extern CCM_EXPORT const struct longer ccm_module;
const struct longer ccm_module = {.known = {.abi = CCM_ABI,
                                            .size = sizeof(struct longer),
                                            .name = "descriptor",
                                            .version = "1",
                                            .plan = plan},
                                  .of_tomorrow = {"what", "may", "come"}};
#elif DESCRIPTOR == BOASTING
extern CCM_EXPORT const struct ccm_module ccm_module;
const struct ccm_module ccm_module = {.abi = CCM_ABI,
                                      .size = 4096,
                                      .name = "descriptor",
                                      .version = "1",
                                      .plan = plan};
#elif DESCRIPTOR == NAMELESS
CCM_MODULE(.version = "1", .plan = plan);
#elif DESCRIPTOR == BAD_NAME
CCM_MODULE(.name = "Not A Name", .version = "1", .plan = plan);
#endif
