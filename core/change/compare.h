/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_COMPARE_H
#define CCM_CHANGE_COMPARE_H

#include "change/delta.h"
#include "change/protect.h"
#include "change/tree.h"
#include "command/accounts.h"
#include "plan/plan.h"

/* For the guard: how many items are managed, and how many would be removed. */
struct compare_count {
    size_t managed;
    size_t removals;
};

struct compare_input {
    const struct plan *plan;
    struct tree *tree;
    const struct accounts *accounts;
    const char *root;              /* for programs, of ccm.conf */
    const struct protect *protect; /* what no module may declare */
};

/*
 * Compares the plan with the tree, taking into account what earlier steps of
 * the plan will have done. Nothing is written, and nothing but regular files is
 * opened.
 *
 * Where something else is at a declared path: a file, symlink, FIFO, socket or
 * empty directory is replaced; a device, or a directory that is not empty, is
 * an error. A symlink where a directory is declared counts as that directory if
 * it would be followed (tree.h) and leads to one.
 *
 * Appends to out, whose deltas refer to plan. Returns 0, or -errno with
 * configuration, object and path in err; *blame is then the change.
 */
int compare_plan(const struct compare_input *input, struct deltas *out,
                 struct compare_count *count, const struct change **blame,
                 struct error *err);

#endif
