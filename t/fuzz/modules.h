/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_FUZZ_MODULES_H
#define CCM_T_FUZZ_MODULES_H

/*
 * Our own modules, linked into the target, planning in it: with the host's
 * real API, and through the memory file into a real plan, as a planner and
 * the runner do it.
 */

#include "fuzz.h"

#include "host/api.h"
#include "host/planner_result.h"

struct fuzz_modules {
    struct api_input input;
    struct objects *objects;
    json_t *settings;
    struct planner_result result;
    struct plan *plan; /* empty if it has failed */
};

/* The module that is linked in. */
extern const struct ccm_module ccm_module;

/*
 * Takes the settings and a JSON array a type from the input, parted by form
 * feeds. A type that is bad as a whole has no objects. Freed with
 * fuzz_modules_done.
 */
void fuzz_modules_init(struct fuzz_modules *modules, const char *const *types,
                       struct fuzz_input *input);
/* Plans. Returns whether that went well. */
bool fuzz_modules_plan(struct fuzz_modules *modules);
void fuzz_modules_done(struct fuzz_modules *modules);

/* The next line of a file's contents, new (freed with free), or NULL. */
char *fuzz_modules_line(struct fuzz_input *content);

#endif
