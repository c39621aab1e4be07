/* SPDX-License-Identifier: ISC */
#ifndef CCM_TYPES_TYPE_H
#define CCM_TYPES_TYPE_H

/*
 * Declared types: the table of a module, as JSON, and checks of objects against
 * it. The JSON is in the catalog, and "exec" programs will print it:
 *
 *   {"name":"crons","summary":TEXT,"unique":[FIELD...],"fields":[
 *     {"name":"user","kind":"integer","flags":["optional",...],"min":N,
 *      "max":N,"grammar":NAME,"values":[TEXT...],"reference":TYPE,
 *      "default":VALUE,"of":KIND,"summary":TEXT,"example":VALUE}]}
 *
 * with the members that are given; the same words as in <ccm/module.h>.
 */

#include "base/buf.h"
#include "base/error.h"
#include "base/object_id.h"
#include "ccm/module.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * From a module's table, which may be older or newer than ours. Sets *out, new
 * (freed with json_decref). Checks only that it can be read. Returns 0, or
 * -EPROTO if a size or number in it is impossible.
 */
int type_from_table(const struct ccm_type *table, json_t **out,
                    struct error *err);

struct type_field {
    const char *name;
    enum ccm_kind kind, of;
    uint32_t flags;
    int64_t min, max;
    const char *grammar, *reference;
    const json_t *values, *initial; /* NULL: none */
    bool may_miss;                  /* optional, or with a default */
};

struct type {
    json_t *declaration; /* the strings below are its */
    const char *name;
    struct type_field *fields;
    size_t n_fields;
    const json_t *unique; /* fields that are unique together; may be NULL */
};

/*
 * Checks a declaration and reads it. Sets *out, new (freed with type_free).
 * Returns 0, or -EPROTO; err names type, field and what was expected.
 */
int type_new(const json_t *declaration, struct type **out, struct error *err);
void type_free(struct type *type);

/* Do both declare the same? Returns 0, or -EEXIST with the first difference
 * in err: "field \"name\": \"max\" is 5, and 6 there". */
int type_compare(const json_t *one, const json_t *other, struct error *err);

/*
 * Checks an object against its type, and fills in defaults; in a bad object,
 * some may be missing. References and uniqueness are for the caller. Returns 0,
 * or -EINVAL: err names the field, the value (cut; never a secret) and what was
 * expected.
 */
int type_check(const struct type *type, json_t *object, struct error *err);

/* Checks the value of a field by its kind, as type_check does. */
int type_check_value(const struct type_field *field, const json_t *value,
                     struct error *err);

/* "an integer", for messages. */
const char *type_kind_phrase(enum ccm_kind kind);
/* "integer", and back; 0: no such kind. */
const char *type_kind_name(enum ccm_kind kind);
enum ccm_kind type_kind_find(const char *name);

extern const struct type_flag {
    uint32_t flag;
    const char *name;
} type_flags[];
#define TYPE_FLAGS 5

#endif
