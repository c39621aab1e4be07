/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_CATALOG_TYPES_H
#define CCM_HOST_CATALOG_TYPES_H

/* The object types that the configurations of a catalog declare. */

#include "base/error.h"
#include "types/type.h"

#include <jansson.h>
#include <stddef.h>

struct catalog_type {
    struct type *type;
    const char *configuration; /* that declares it; borrowed from the catalog */
};

struct catalog;

/*
 * Fills the types of a catalog from its configurations, by name. Returns 0;
 * -EEXIST if two declare a type differently: err names both and the first
 * difference; -EPROTO if a declaration is not valid.
 */
int catalog_types_fill(struct catalog *catalog, struct error *err);
void catalog_types_done(struct catalog *catalog);

/* The declarations (types/type.h), each with the "configuration" that it is
 * from. Returns new (freed with json_decref). */
json_t *catalog_types_json(const struct catalog *catalog);

/*
 * Puts defaults into settings, and checks them against the table that the
 * module declares (NULL: none). Returns 0 or -EINVAL: err names the setting
 * and what was expected.
 */
int catalog_types_settings(const json_t *declared, json_t *settings,
                           struct error *err);

#endif
