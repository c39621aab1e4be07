/* SPDX-License-Identifier: ISC */
/* What is in a key, as JSON. */
#include "store/store.h"

#include "base/json.h"

#define VALUE_BYTES_MAX (1024 * 1024)

json_t *store_kv_json(const struct store_kv *kv)
{
    json_t *json = NULL;

    if (json_parse(kv->value, kv->value_size, VALUE_BYTES_MAX, &json, NULL) < 0)
        return NULL;
    return json;
}
