/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_MODE_CHECK_H
#define CCM_HOST_MODE_CHECK_H

/* The parts of `ccm-runner check`: is a module deterministic and careful? */

#include "base/error.h"
#include "host/catalog.h"
#include "host/declaration.h"
#include "host/planner.h"
#include "objects/objects.h"
#include "plan/plan.h"

#include <jansson.h>

/* A module that is checked, and the findings. */
struct mode_check {
    const struct config *config;
    struct confine *confine;
    struct trust trust;
    struct declaration declaration;
    struct module_file *file;
    struct program *program;
    struct configuration configuration;
    json_t *objects;  /* {"<type>":[object, ...]} of the samples */
    json_t *findings; /* array of strings: faults to correct */
    json_t *notes;    /* array of strings: useful facts */
    int plans;        /* the number of plans so far */
};

void mode_check_find(struct mode_check *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void mode_check_note(struct mode_check *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The outcome of one plan. */
struct mode_check_plan {
    struct planner_result result;
    struct plan *plan; /* NULL: it failed */
    char *error;       /* why not */
};

/*
 * Plans with these objects ({"<type>":[...]}), sorted by id as always, or in
 * the order that they have if as_is. Fills the zeroed *plan (emptied with
 * mode_check_plan_done). Returns 0 however the plan went, or -errno.
 */
int mode_check_plan(struct mode_check *check, const json_t *objects, bool as_is,
                    struct mode_check_plan *plan, struct error *err);
void mode_check_plan_done(struct mode_check_plan *plan);

/* The first difference between two plans, for people. Returns new (freed with
 * free), or NULL if there is none. */
char *mode_check_compare(const struct plan *a, const struct plan *b);
/* The same without regard to order. contents: only contents differ, not the
 * declarations. */
char *mode_check_compare_sets(const struct plan *a, const struct plan *b,
                              bool *contents);

/* Plans with the samples in other forms, and notes the findings. Return 0 or
 * -errno. */
int mode_check_orders(struct mode_check *check, const struct plan *usual,
                      struct error *err);
int mode_check_fields(struct mode_check *check, struct error *err);

#endif
