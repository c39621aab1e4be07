/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_GRAPH_H
#define CCM_HOST_GRAPH_H

/* The order in which configurations run. Pure: names in, order out. */

#include "base/error.h"

#include <stddef.h>

struct graph_node {
    const char *name;
    const char *file;           /* the file that declares it, for messages */
    const char *const *depends; /* must exist; may be NULL */
    const char *const *after;   /* order only, if present; may be NULL */
};

/*
 * Sorts so that every node follows all nodes that it depends on or comes after.
 * Among the nodes that are ready, the smallest name is first, so the order of
 * the input does not matter. Fills order with n indices into nodes. Returns 0;
 * -EEXIST (two nodes with one name), -ENOENT (a dependency that does not
 * exist), -ELOOP (a cycle, spelled out as "a -> b -> a": a depends on b, b on
 * a); err names the files. On failure order is unchanged.
 */
int graph_sort(const struct graph_node *nodes, size_t n, size_t *order,
               struct error *err);

#endif
