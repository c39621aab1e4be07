/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_HOST_PLANNER_FIXTURE_H
#define CCM_T_UNIT_HOST_PLANNER_FIXTURE_H

/* Three objects, the modules "ok" and "hostile", and planners for them. */

#include "unit/unit.h"

#include "host/planner.h"

#include <stdbool.h>

struct planner_fixture {
    char *dir, *modules;
    char *open, *victim; /* a directory everybody may write in; what is not
                            to come to be in it */
    char *fifo;          /* there */
    struct config config;
    struct confine *confine;
    struct objects *objects;
    struct module_file *file;
    const char *dirs[2];
};

/* For cmocka: *state is a struct planner_fixture. */
int fixture_open(void **state);
int fixture_close(void **state);

/* A configuration called name of the module "hostile", which is to do act. Its
 * settings are new (freed with json_decref); keeps name. */
void fixture_hostile(struct planner_fixture *fixture, struct configuration *c,
                     const char *name, const char *act);
/* Plans the n of list. Fills results (planner_result_done). */
void fixture_plan(struct planner_fixture *fixture,
                  const struct configuration *const *list, size_t n,
                  struct planner_result *results);
/* Is word in what describe says is missing from the confinement? */
bool fixture_lacks(const struct planner_fixture *fixture, const char *word);

#endif
