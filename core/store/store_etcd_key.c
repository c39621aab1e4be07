/* SPDX-License-Identifier: ISC */
/* Translates keys of the store to keys of etcd and back, by adding and removing
 * the prefix. */
#include "store_etcd.h"

#include "base/alloc.h"
#include "base/util.h"

char *store_etcd_key(const struct store_etcd *store, const char *key)
{
    return xasprintf("%s%s", store->prefix, key);
}

struct store_kv store_etcd_kv(const struct store_etcd *store,
                              const struct etcd_wire_kv *kv)
{
    bool is_text = strlen(kv->key) == kv->key_size;

    return (struct store_kv){
        .key = is_text ? after_prefix(kv->key, store->prefix) : NULL,
        .value = kv->value,
        .value_size = kv->value_size,
        .create_revision = kv->create_revision,
        .mod_revision = kv->mod_revision,
        .lease = kv->lease};
}
