/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_JSON_H
#define CCM_BASE_JSON_H

/*
 * Typed getters for JSON that came from outside, and JSON lines.
 * A getter that fails leaves *out alone, says "field \"x\" ..." in err and
 * returns -EPROTO. Strings are borrowed (valid until the object changes).
 * The _or variants give fallback for a field that is absent, null or of
 * another type, and so never fail.
 */

#include "error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

int json_get_string(const json_t *object, const char *field, const char **out,
                    struct error *err);
int json_get_object(const json_t *object, const char *field, const json_t **out,
                    struct error *err);

const char *json_string_or(const json_t *object, const char *field,
                           const char *fallback);
int64_t json_integer_or(const json_t *object, const char *field,
                        int64_t fallback);
bool json_bool_or(const json_t *object, const char *field, bool fallback);

/* "missing" for NULL, else "an object", "a string", "null" ... for people.
 * Returns borrowed (valid for ever). */
const char *json_type_name(const json_t *value);

/*
 * Parses size bytes as one JSON value of at most size_max bytes; duplicate
 * keys are refused. Sets *out, new (freed with json_decref).
 * Returns 0, -EMSGSIZE, or -EPROTO with line and column in err.
 */
int json_parse(const char *text, size_t size, size_t size_max, json_t **out,
               struct error *err);

/* One line, compact, keys sorted. Returns new (freed with free). */
char *json_line(const json_t *value);

/* A string for text that may not be UTF-8: bad bytes become "?".
 * Returns new (freed with json_decref). */
json_t *json_text(const char *text);

/*
 * Shortens each string in value, however deep, that has more than size_max
 * bytes: keeps its beginning, of about that size, and says how much is left
 * out. For text of unknown size that goes to a place with a limit.
 */
void json_clip(json_t *value, size_t size_max);

#endif
