/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_ARENA_H
#define CCM_HOST_ARENA_H

#include <stddef.h>

/* Memory that is freed all at once. Zeroed is empty. */
struct arena {
    struct arena_block *newest;
    size_t left; /* of newest */
};

/* Returns borrowed (valid until arena_done), aligned for any type. */
void *arena_alloc(struct arena *arena, size_t size);
/* Copies; NULL stays NULL. */
char *arena_strdup(struct arena *arena, const char *text);
void arena_done(struct arena *arena);

#endif
