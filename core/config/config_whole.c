/* SPDX-License-Identifier: ISC */
/* Checks across the keys of ccm.conf, and the defaults that depend on other
 * keys. */
#include "config_schema.h"

#include "base/alloc.h"
#include "base/path.h"
#include "base/util.h"

#include <errno.h>

/* Refuses keys that have no effect with this kind. */
static int whole_only(const struct config_reader *reader,
                      const config_setting_t *group, const char *name,
                      unsigned kind)
{
    const struct config_key *keys = config_key_find(config_keys, name)->members;
    const char *word = keys[0].choices[kind];
    int i;

    for (i = 0; group && i < config_setting_length(group); i++) {
        const config_setting_t *member =
            config_setting_get_elem((config_setting_t *) group, (unsigned) i);
        const struct config_key *key =
            config_key_find(keys, config_setting_name(member));

        if (key->only && !(key->only & 1u << kind))
            return config_fault(
                reader, member,
                "has no effect with kind \"%s\"; remove it, or change %s.kind",
                word, name);
    }
    return 0;
}

static int whole_tls(const struct config_reader *reader,
                     const config_setting_t *group)
{
    const struct config_store *store = &reader->config->store;
    const struct config_tls *tls = &store->tls;
    char **endpoint;

    if (!tls->cert != !tls->key)
        return config_fault(reader, group,
                            "%s is missing: cert and key go "
                            "together",
                            tls->cert ? "key" : "cert");
    if (!store->user != !store->password_file)
        return config_fault(reader, group,
                            "%s is missing: user and "
                            "password_file go together",
                            store->user ? "password_file" : "user");
    for (endpoint = store->endpoints; *endpoint; endpoint++)
        if ((tls->cacert || tls->cert) && !after_prefix(*endpoint, "https:"))
            return config_fault(reader, group,
                                "endpoint %s is not https://, so cacert, cert "
                                "and key have no effect on it",
                                *endpoint);
    return 0;
}

static int whole_store(const struct config_reader *reader,
                       const config_setting_t *group)
{
    struct config *config = reader->config;
    int r = whole_only(reader, group, "store", config->store.kind);

    if (r < 0)
        return r;
    if (config->store.kind == STORE_LOCAL) {
        if (!config->store.path)
            config->store.path = path_join(config->state_dir, "store");
        return 0;
    }
    if (!config->store.endpoints[0])
        return config_fault(
            reader, group,
            "endpoints is missing; write store = { endpoints = "
            "(\"http://127.0.0.1:2379\"); }, or kind = \"local\" for a "
            "single machine");
    return whole_tls(reader, group);
}

static int whole_objects(const struct config_reader *reader,
                         const config_setting_t *group)
{
    struct config *config = reader->config;
    struct config_objects *objects = &config->objects;
    int r;

    if (config->store.kind == STORE_LOCAL &&
        !(group &&
          config_setting_get_member((config_setting_t *) group, "kind")))
        objects->kind = OBJECTS_DIRECTORY;
    r = whole_only(reader, group, "objects", objects->kind);
    if (r < 0)
        return r;
    if (objects->kind == OBJECTS_ETCD && config->store.kind != STORE_ETCD)
        return config_fault(reader, group,
                            "kind \"etcd\" needs store.kind \"etcd\"; write "
                            "kind = \"directory\" or \"http\"");
    if (objects->kind == OBJECTS_HTTP && !objects->url)
        return config_fault(reader, group,
                            "url is missing; write url = "
                            "\"https://api.example.com/api/v1\"");
    if (objects->api_key_file && objects->token_file)
        return config_fault(reader, group,
                            "api_key_file and token_file exclude each other");
    if (objects->kind == OBJECTS_DIRECTORY && !objects->path)
        objects->path = path_join(config->state_dir, "objects");
    return 0;
}

int config_whole_check(const struct config_reader *reader,
                       const config_setting_t *root)
{
    config_setting_t *top = (config_setting_t *) root;
    const struct config *config = reader->config;
    const config_setting_t *settle = config_setting_get_member(top, "settle");
    int r = whole_store(reader, config_setting_get_member(top, "store"));

    if (r == 0)
        r = whole_objects(reader, config_setting_get_member(top, "objects"));
    if (r == 0 && config->settle_max_ms < config->settle_quiet_ms)
        r = config_fault(reader, settle,
                         "max (%g s) is shorter than quiet (%g s)",
                         (double) config->settle_max_ms / 1000,
                         (double) config->settle_quiet_ms / 1000);
    return r;
}
