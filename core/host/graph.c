/* SPDX-License-Identifier: ISC */
/*
 * The topological sort (Kahn's). Nodes are renumbered by name first: rank 0 is
 * the smallest name. From then on there are only integers: a heap of ready
 * ranks gives the order, whatever the order of the files, and duplicates are
 * adjacent. Edges are in two flat arrays, one row for each node, so that ten
 * thousand nodes cost a handful of allocations.
 */
#include "host/graph.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/util.h"

#include <errno.h>
#include <stdint.h>

#define NOBODY UINT32_MAX

struct graph {
    const struct graph_node *nodes;
    uint32_t n;
    uint32_t *by_rank; /* index into nodes */
    uint32_t *table;   /* open addressing: name -> rank */
    uint32_t mask;     /* of table */
    uint32_t *first;   /* of each rank's row in next; n + 1 entries */
    uint32_t *next;    /* ranks that wait for this one */
    uint32_t *waits;   /* the number of ranks that a rank still waits for */
    uint32_t *heap;
    uint32_t n_heap;
};

static void graph_done(struct graph *graph)
{
    free(graph->by_rank);
    free(graph->table);
    free(graph->first);
    free(graph->next);
    free(graph->waits);
    free(graph->heap);
}

static const struct graph_node *graph_node(const struct graph *graph,
                                           uint32_t rank)
{
    return &graph->nodes[graph->by_rank[rank]];
}

static uint32_t graph_hash(const char *name)
{
    uint32_t hash = 2166136261u;

    for (; *name; name++)
        hash = (hash ^ (unsigned char) *name) * 16777619u;
    return hash ^ (hash >> 15);
}

/* The slot of table where name is, or belongs. */
static uint32_t *graph_slot(const struct graph *graph, const char *name)
{
    uint32_t i = graph_hash(name) & graph->mask;

    while (graph->table[i] != NOBODY &&
           !streq(graph_node(graph, graph->table[i])->name, name))
        i = (i + 1) & graph->mask;
    return &graph->table[i];
}

static int graph_compare(const void *a, const void *b, void *nodes)
{
    const struct graph_node *list = nodes;

    return strcmp(list[*(const uint32_t *) a].name,
                  list[*(const uint32_t *) b].name);
}

static int graph_rank(struct graph *graph, struct error *err)
{
    uint32_t i, size = 8;

    graph->by_rank = xcalloc(graph->n, sizeof(*graph->by_rank));
    for (i = 0; i < graph->n; i++)
        graph->by_rank[i] = i;
    qsort_r(graph->by_rank, graph->n, sizeof(*graph->by_rank), graph_compare,
            (void *) graph->nodes);
    for (i = 1; i < graph->n; i++) {
        const struct graph_node *a = graph_node(graph, i - 1);
        const struct graph_node *b = graph_node(graph, i);

        if (streq(a->name, b->name))
            return error_set(err, -EEXIST,
                             "two configurations are named \"%s\": %s and %s; "
                             "give one of them another \"name\"",
                             a->name, a->file, b->file);
    }
    while (size < graph->n * 2)
        size *= 2;
    graph->mask = size - 1;
    graph->table = xmalloc(size * sizeof(*graph->table));
    memset(graph->table, 0xff, size * sizeof(*graph->table));
    for (i = 0; i < graph->n; i++)
        *graph_slot(graph, graph_node(graph, i)->name) = i;
    return 0;
}

/* Calls back with each rank that rank waits for; a missing one is NOBODY. */
typedef void (*graph_edge_fn)(struct graph *graph, uint32_t rank, uint32_t to);

static void graph_count_edge(struct graph *graph, uint32_t rank, uint32_t to)
{
    graph->waits[rank]++;
    graph->first[to + 1]++;
}

static void graph_add_edge(struct graph *graph, uint32_t rank, uint32_t to)
{
    graph->next[graph->first[to]++] = rank;
}

static int graph_each_edge(struct graph *graph, graph_edge_fn edge,
                           struct error *err)
{
    uint32_t rank, to;

    for (rank = 0; rank < graph->n; rank++) {
        const struct graph_node *node = graph_node(graph, rank);
        const char *const *name;

        for (name = node->depends; name && *name; name++) {
            to = *graph_slot(graph, *name);
            if (to == NOBODY)
                return error_set(err, -ENOENT,
                                 "%s: configuration \"%s\" depends on \"%s\", "
                                 "which no file declares",
                                 node->file, node->name, *name);
            edge(graph, rank, to);
        }
        for (name = node->after; name && *name; name++) {
            to = *graph_slot(graph, *name);
            if (to != NOBODY)
                edge(graph, rank, to);
        }
    }
    return 0;
}

static int graph_link(struct graph *graph, struct error *err)
{
    uint32_t i;
    int r;

    graph->waits = xcalloc(graph->n, sizeof(*graph->waits));
    graph->first = xcalloc((size_t) graph->n + 1, sizeof(*graph->first));
    r = graph_each_edge(graph, graph_count_edge, err);
    if (r < 0)
        return r;
    for (i = 0; i < graph->n; i++)
        graph->first[i + 1] += graph->first[i];
    graph->next = xcalloc(graph->first[graph->n], sizeof(*graph->next));
    graph_each_edge(graph, graph_add_edge, NULL);
    /* Adding moved each row's start to its end: shift them back. */
    memmove(graph->first + 1, graph->first, graph->n * sizeof(*graph->first));
    graph->first[0] = 0;
    return 0;
}

static void graph_push(struct graph *graph, uint32_t rank)
{
    uint32_t i = graph->n_heap++;

    for (; i > 0 && graph->heap[(i - 1) / 2] > rank; i = (i - 1) / 2)
        graph->heap[i] = graph->heap[(i - 1) / 2];
    graph->heap[i] = rank;
}

static uint32_t graph_pop(struct graph *graph)
{
    uint32_t top = graph->heap[0], last = graph->heap[--graph->n_heap];
    uint32_t i = 0, child;

    while ((child = 2 * i + 1) < graph->n_heap) {
        if (child + 1 < graph->n_heap &&
            graph->heap[child + 1] < graph->heap[child])
            child++;
        if (last <= graph->heap[child])
            break;
        graph->heap[i] = graph->heap[child];
        i = child;
    }
    graph->heap[i] = last;
    return top;
}

/* The first rank that rank waits for and that never became ready. */
static uint32_t graph_stuck(const struct graph *graph, uint32_t rank)
{
    const struct graph_node *node = graph_node(graph, rank);
    const char *const *lists[] = {node->depends, node->after};
    size_t i;

    for (i = 0; i < ARRAY_SIZE(lists); i++) {
        const char *const *name;

        for (name = lists[i]; name && *name; name++) {
            uint32_t to = *graph_slot(graph, *name);

            if (to != NOBODY && graph->waits[to] > 0)
                return to;
        }
    }
    return NOBODY; /* not reached: a waiting rank waits for another */
}

/* A node on a cycle, the one with the smallest name. Every stuck node waits for
 * a stuck one, so following them leads into a cycle. */
static uint32_t graph_find_cycle(const struct graph *graph)
{
    uint32_t rank = 0, smallest, i;

    while (graph->waits[rank] == 0)
        rank++;
    for (i = 0; i < graph->n; i++)
        rank = graph_stuck(graph, rank);
    smallest = rank;
    for (i = graph_stuck(graph, rank); i != rank; i = graph_stuck(graph, i))
        if (i < smallest)
            smallest = i;
    return smallest;
}

static int graph_fail_cycle(const struct graph *graph, struct error *err)
{
    cleanup_buf struct buf path = BUF_INIT, files = BUF_INIT;
    uint32_t start = graph_find_cycle(graph), rank = start;

    do {
        const struct graph_node *node = graph_node(graph, rank);

        buf_printf(&path, "%s -> ", node->name);
        buf_printf(&files, "%s%s", files.size > 0 ? ", " : "", node->file);
        rank = graph_stuck(graph, rank);
    } while (rank != start);
    return error_set(
        err, -ELOOP, "a cycle of dependencies: %s%s; declared in %s",
        buf_text(&path), graph_node(graph, start)->name, buf_text(&files));
}

static int graph_order(struct graph *graph, uint32_t *order, struct error *err)
{
    uint32_t rank, i, n = 0;

    graph->heap = xcalloc(graph->n, sizeof(*graph->heap));
    for (rank = 0; rank < graph->n; rank++)
        if (graph->waits[rank] == 0)
            graph_push(graph, rank);
    while (graph->n_heap > 0) {
        rank = graph_pop(graph);
        order[n++] = rank;
        for (i = graph->first[rank]; i < graph->first[rank + 1]; i++)
            if (--graph->waits[graph->next[i]] == 0)
                graph_push(graph, graph->next[i]);
    }
    return n < graph->n ? graph_fail_cycle(graph, err) : 0;
}

int graph_sort(const struct graph_node *nodes, size_t n, size_t *order,
               struct error *err)
{
    __attribute__((cleanup(graph_done))) struct graph graph = {
        .nodes = nodes, .n = (uint32_t) n};
    cleanup_free uint32_t *ranks = xcalloc(n, sizeof(*ranks));
    size_t i;
    int r = graph_rank(&graph, err);

    if (r == 0)
        r = graph_link(&graph, err);
    if (r == 0)
        r = graph_order(&graph, ranks, err);
    if (r < 0)
        return r;
    for (i = 0; i < n; i++)
        order[i] = graph.by_rank[ranks[i]];
    return 0;
}
