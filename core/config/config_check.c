/* SPDX-License-Identifier: ISC */
/* What the values of ccm.conf must be, one by one and taken together. */
#include "config_schema.h"

#include "base/alloc.h"
#include "base/name.h"
#include "base/path.h"
#include "base/util.h"

#include <errno.h>
#include <sys/un.h>

#define HOST_BYTES_MAX 253

int config_check_line(const char *value, struct error *err)
{
    if (value[0] == '\0')
        return error_set(err, -EINVAL, "is empty");
    if (path_has_control(value))
        return error_set(err, -EINVAL, "has a control character");
    return 0;
}

int config_check_path(const char *value, struct error *err)
{
    return path_check(value, err);
}

int config_check_socket(const char *value, struct error *err)
{
    const size_t most = sizeof(((struct sockaddr_un *) NULL)->sun_path) - 1;

    if (strlen(value) > most)
        return error_set(err, -EINVAL,
                         "is longer than a socket's path may be (%zu bytes)",
                         most);
    return path_check(value, err);
}

int config_check_prefix(const char *value, struct error *err)
{
    if (streq(value, "/"))
        return error_set(err, -EINVAL,
                         "is the whole of etcd; write \"/ccm\" or the like");
    if (value[strspn(value, NAME_LETTERS NAME_DIGITS "._/-")] != '\0')
        return error_set(
            err, -EINVAL,
            "may only hold letters, digits, \".\", \"_\", \"-\", \"/\"");
    return path_check(value, err);
}

int config_check_url(const char *value, struct error *err)
{
    const char *host = after_prefix(value, "http://");
    const char *byte;
    size_t size;

    if (!host)
        host = after_prefix(value, "https://");
    if (!host)
        return error_set(err, -EINVAL,
                         "begins with neither http:// nor "
                         "https://");
    size = strcspn(host, "/");
    if (size == 0 || host[0] == ':')
        return error_set(err, -EINVAL, "has no host");
    if (memchr(host, '@', size))
        return error_set(err, -EINVAL,
                         "must hold no user or password; those go into keys of "
                         "their own");
    for (byte = host; *byte; byte++)
        if ((unsigned char) *byte <= 0x20 || (unsigned char) *byte >= 0x7f ||
            strchr("\"<>\\^`{|}?#", *byte))
            return error_set(err, -EINVAL,
                             "has a character that a base URL cannot have");
    return 0;
}

int config_check_unit(const char *value, struct error *err)
{
    if (value[0] == '-' || value[0] == '.' || value[0] == '\0' ||
        strlen(value) > HOST_BYTES_MAX ||
        value[strspn(value, NAME_LETTERS NAME_DIGITS ":_.@\\-")] != '\0')
        return error_set(err, -EINVAL, "is no name of a service");
    return 0;
}

/* ---------------------------------------------------------- taken together */

/* Keys that are there, but mean nothing for this kind. */
static int check_only(const struct config_reader *reader,
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
            return config_fault(reader, member,
                                "means nothing for kind \"%s\"; remove it, "
                                "or change %s.kind",
                                word, name);
    }
    return 0;
}

static int check_tls(const struct config_reader *reader,
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
                                "and key mean nothing for it",
                                *endpoint);
    return 0;
}

static int check_store(const struct config_reader *reader,
                       const config_setting_t *group)
{
    struct config *config = reader->config;
    int r = check_only(reader, group, "store", config->store.kind);

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
    return check_tls(reader, group);
}

static int check_objects(const struct config_reader *reader,
                         const config_setting_t *group)
{
    struct config *config = reader->config;
    struct config_objects *objects = &config->objects;
    int r;

    if (config->store.kind == STORE_LOCAL &&
        !(group &&
          config_setting_get_member((config_setting_t *) group, "kind")))
        objects->kind = OBJECTS_DIRECTORY;
    r = check_only(reader, group, "objects", objects->kind);
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

int config_check_whole(const struct config_reader *reader,
                       const config_setting_t *root)
{
    config_setting_t *top = (config_setting_t *) root;
    const struct config *config = reader->config;
    const config_setting_t *settle = config_setting_get_member(top, "settle");
    int r = check_store(reader, config_setting_get_member(top, "store"));

    if (r == 0)
        r = check_objects(reader, config_setting_get_member(top, "objects"));
    if (r == 0 && config->settle_max_ms < config->settle_quiet_ms)
        r = config_fault(reader, settle,
                         "max (%g s) is shorter than quiet (%g s)",
                         (double) config->settle_max_ms / 1000,
                         (double) config->settle_quiet_ms / 1000);
    return r;
}
