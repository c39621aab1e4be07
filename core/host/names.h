/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_NAMES_H
#define CCM_HOST_NAMES_H

/* NULL-terminated lists of names; NULL itself is an empty list. */

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* The limit of names in any list of a module or declaration. */
#define NAMES_MAX 10000

size_t names_count(const char *const *names);
bool names_has(const char *const *names, const char *name);

/* Appends a copy of name unless it is already in the list. */
void names_add(char ***names, const char *name);

/* Appends copies of the names in more that are not in the list yet. */
void names_merge(char ***names, const char *const *more);

void names_free(char **names);

/* An array of strings. Returns new (freed with json_decref). */
json_t *names_json(const char *const *names);

/* From an array of strings. Sets *names, new (freed with names_free).
 * Returns 0 or -EPROTO. */
int names_from_json(const json_t *array, char ***names, struct error *err);

#endif
