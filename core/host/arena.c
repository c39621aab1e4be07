/* SPDX-License-Identifier: ISC */
/* Many small allocations with one life time, without a malloc each. */
#include "host/arena.h"

#include "base/alloc.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE (64 * 1024)

struct arena_block {
    struct arena_block *older;
    alignas(max_align_t) char bytes[];
};

void *arena_alloc(struct arena *arena, size_t size)
{
    size_t unit = alignof(max_align_t), block = BLOCK_SIZE;
    struct arena_block *fresh;
    char *memory;

    size = (size + unit - 1) / unit * unit;
    if (size > arena->left) {
        if (size > block)
            block = size;
        fresh = xmalloc(sizeof(*fresh) + block);
        fresh->older = arena->newest;
        arena->newest = fresh;
        arena->left = block;
    }
    /* Allocates from the end to the start; left is the position. */
    arena->left -= size;
    memory = arena->newest->bytes + arena->left;
    return memory;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    size_t size;

    if (!text)
        return NULL;
    size = strlen(text) + 1;
    return memcpy(arena_alloc(arena, size), text, size);
}

void arena_done(struct arena *arena)
{
    struct arena_block *block, *older;

    for (block = arena->newest; block; block = older) {
        older = block->older;
        free(block);
    }
    *arena = (struct arena){0};
}
