/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_PLANNER_PLACE_H
#define CCM_T_PLANNER_PLACE_H

/* Three objects, the modules "ok" and "hostile", and planners for them. */

#include "unit/unit.h"

#include "host/planner.h"

#include <stdbool.h>

struct place {
    char *dir, *modules;
    char *open, *victim; /* a directory everybody may write in; what is not
                            to come to be in it */
    struct config config;
    struct confine *confine;
    struct objects *objects;
    struct module_file *file;
    const char *dirs[2];
};

/* For cmocka: *state is a struct place. */
int place_open(void **state);
int place_close(void **state);

/* A configuration called name of the module "hostile", which is to do act. Its
 * settings are new (freed with json_decref); keeps name. */
void place_hostile(struct place *place, struct configuration *c,
                   const char *name, const char *act);
/* Plans the n of list. Fills results (planner_result_done). */
void place_plan(struct place *place, const struct configuration *const *list,
                size_t n, struct planner_result *results);
/* Is word in what describe says is missing from the confinement? */
bool place_lacks(const struct place *place, const char *word);

#endif
