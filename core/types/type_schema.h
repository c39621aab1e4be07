/* SPDX-License-Identifier: ISC */
#ifndef CCM_TYPES_TYPE_SCHEMA_H
#define CCM_TYPES_TYPE_SCHEMA_H

/* What a type looks like to others. */

#include "types/type.h"

/* The type as JSON Schema (draft 2020-12). Grammars are named in "format".
 * Returns new (freed with json_decref). */
json_t *type_schema(const struct type *type);

/* An object of this type: the fields that must be there, and those that have
 * an example or a default. Returns new (freed with json_decref). */
json_t *type_example(const struct type *type);

/* What a field expects, in a few words: "1 to 9", "a host name". Appends. */
void type_expects(const struct type_field *field, struct buf *out);

#endif
