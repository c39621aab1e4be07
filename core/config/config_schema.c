/* SPDX-License-Identifier: ISC */
/*
 * Every key of ccm.conf, as tables: name, type, range, default. What is not
 * here is an error in the file, so that nobody thinks they have changed a
 * default with a misspelt key.
 */
#include "config_schema.h"

#include "base/alloc.h"
#include "base/name.h"
#include "base/near.h"
#include "base/util.h"

#include <limits.h>

#define KEY(word, kind, ...)                                                   \
    {                                                                          \
        .name = word, .type = CONFIG_KEY_##kind, __VA_ARGS__                   \
    }
#define HERE(field) offsetof(struct config, field)
#define SERVICE(field) offsetof(struct config_service, field)
#define ETCD (1u << STORE_ETCD)
#define LOCAL (1u << STORE_LOCAL)
#define HTTP (1u << OBJECTS_HTTP)
#define DIRECTORY (1u << OBJECTS_DIRECTORY)
#define HOUR_MS (3600 * INT64_C(1000))
#define DAY_MS (24 * HOUR_MS)

static const char *const store_kinds[] = {"etcd", "local", NULL};
static const char *const objects_kinds[] = {"etcd", "http", "directory", NULL};
static const char *const flag_lifts[] = {"operator", "self", NULL};

/* clang-format off: one key a line */
static const struct config_key store_keys[] = {
    KEY("kind", CHOICE, .offset = HERE(store.kind), .choices = store_kinds,
        .bound = true),
    KEY("endpoints", URLS, .offset = HERE(store.endpoints), .only = ETCD,
        .bound = true),
    KEY("prefix", PATH, .offset = HERE(store.prefix), .text = "/ccm",
        .check = config_check_prefix, .only = ETCD, .bound = true),
    KEY("cacert", PATH, .offset = HERE(store.tls.cacert), .only = ETCD),
    KEY("cert", PATH, .offset = HERE(store.tls.cert), .only = ETCD),
    KEY("key", PATH, .offset = HERE(store.tls.key), .only = ETCD),
    KEY("user", STRING, .offset = HERE(store.user), .only = ETCD),
    KEY("password_file", PATH, .offset = HERE(store.password_file),
        .only = ETCD),
    KEY("path", PATH, .offset = HERE(store.path), .only = LOCAL, .bound = true),
    {.name = NULL},
};

static const struct config_key objects_keys[] = {
    KEY("kind", CHOICE, .offset = HERE(objects.kind), .choices = objects_kinds,
        .bound = true),
    KEY("url", URL, .offset = HERE(objects.url), .only = HTTP),
    KEY("api_key_file", PATH, .offset = HERE(objects.api_key_file),
        .only = HTTP),
    KEY("token_file", PATH, .offset = HERE(objects.token_file), .only = HTTP),
    KEY("cacert", PATH, .offset = HERE(objects.cacert), .only = HTTP),
    KEY("path", PATH, .offset = HERE(objects.path), .only = DIRECTORY),
    {.name = NULL},
};

static const struct config_key settle_keys[] = {
    KEY("quiet", SECONDS, .offset = HERE(settle_quiet_ms), .min = 0,
        .max = HOUR_MS, .number = 10000),
    KEY("max", SECONDS, .offset = HERE(settle_max_ms), .min = 0, .max = DAY_MS,
        .number = 300000),
    {.name = NULL},
};

static const struct config_key rollout_keys[] = {
    KEY("ttl", INTEGER, .offset = HERE(ttl_s), .min = 1, .max = 3600,
        .number = 30),
    KEY("plan_ahead", INTEGER, .offset = HERE(plan_ahead), .min = 0, .max = 16,
        .number = 2),
    KEY("run_timeout", SECONDS, .offset = HERE(run_timeout_ms), .min = 100,
        .max = DAY_MS, .number = 900000),
    KEY("plan_timeout", SECONDS, .offset = HERE(plan_timeout_ms), .min = 100,
        .max = DAY_MS, .number = 30000),
    KEY("resync", SECONDS, .offset = HERE(resync_ms), .min = 0,
        .max = 30 * DAY_MS, .number = 3600000),
    KEY("flag_lift", FLAG, .offset = HERE(flag_lift_self), .number = 1,
        .choices = flag_lifts),
    {.name = NULL},
};

/* Above the ids that distributions, containers and directory services use. */
static const struct config_key planner_uids_keys[] = {
    KEY("first", INTEGER, .offset = HERE(planner_uid_first), .min = 1000,
        .max = 4294900000, .number = 2100000000),
    KEY("count", INTEGER, .offset = HERE(planner_uid_count), .min = 64,
        .max = 65536, .number = 65536),
    {.name = NULL},
};

static const struct config_key accounts_keys[] = {
    KEY("first", INTEGER, .offset = HERE(accounts_first), .min = 1,
        .max = 4294967294, .number = 1000),
    KEY("last", INTEGER, .offset = HERE(accounts_last), .min = 1,
        .max = 4294967294, .number = 2000000000),
    KEY("allow", STRINGS, .offset = HERE(accounts_allow)),
    {.name = NULL},
};

static const struct config_key guard_keys[] = {
    KEY("max_removals", INTEGER, .offset = HERE(max_removals), .min = 0,
        .max = INT_MAX, .number = 10),
    KEY("max_removals_percent", INTEGER, .offset = HERE(max_removals_percent),
        .min = 0, .max = 100, .number = 30),
    {.name = NULL},
};

static const struct config_key history_keys[] = {
    KEY("max", INTEGER, .offset = HERE(history_max), .min = 1, .max = 1000000,
        .number = 200),
    KEY("days", INTEGER, .offset = HERE(history_days), .min = 1, .max = 36500,
        .number = 90),
    {.name = NULL},
};

const struct config_key config_keys[] = {
    KEY("node", STRING, .offset = HERE(node), .check = name_check_node,
        .bound = true),
    KEY("groups", STRINGS, .offset = HERE(groups)),
    KEY("root", PATH, .offset = HERE(root), .text = "/", .bound = true),
    KEY("state_dir", PATH, .offset = HERE(state_dir), .text = CCM_STATEDIR,
        .bound = true),
    KEY("socket", PATH, .offset = HERE(socket), .text = CCM_RUNDIR "/ccmd.sock",
        .check = config_check_socket),
    KEY("modules_d", PATH, .offset = HERE(modules_d),
        .text = CCM_SYSCONFDIR "/ccm/modules.d"),
    KEY("module_dirs", PATHS, .offset = HERE(module_dirs),
        .text = CCM_MODULEDIR),
    KEY("runner", PATH, .offset = HERE(runner),
        .text = CCM_LIBEXECDIR "/ccm-runner"),
    KEY("planner_uids", GROUP, .members = planner_uids_keys),
    KEY("accounts", GROUP, .members = accounts_keys),
    KEY("store", GROUP, .members = store_keys),
    KEY("objects", GROUP, .members = objects_keys),
    KEY("settle", GROUP, .members = settle_keys),
    KEY("rollout", GROUP, .members = rollout_keys),
    KEY("guard", GROUP, .members = guard_keys),
    KEY("history", GROUP, .members = history_keys),
    KEY("services", SERVICES),
    {.name = NULL},
};

const struct config_key config_service_keys[] = {
    KEY("name", STRING, .offset = SERVICE(name), .check = config_check_unit),
    KEY("test", ARGV, .offset = SERVICE(test)),
    KEY("reload", ARGV, .offset = SERVICE(reload)),
    KEY("restart", ARGV, .offset = SERVICE(restart)),
    KEY("check", ARGV, .offset = SERVICE(check)),
    KEY("timeout", SECONDS, .offset = SERVICE(timeout_ms), .min = 100,
        .max = HOUR_MS, .number = 30000),
    {.name = NULL},
};
/* clang-format on */

const struct config_key *config_key_find(const struct config_key *keys,
                                         const char *name)
{
    for (; keys->name; keys++)
        if (streq(keys->name, name))
            return keys;
    return NULL;
}

const char *config_key_near(const struct config_key *keys, const char *name)
{
    unsigned least = near_limit(name) + 1;
    const char *near = NULL;

    for (; keys->name; keys++) {
        unsigned distance = near_distance(keys->name, name);

        if (distance < least) {
            least = distance;
            near = keys->name;
        }
    }
    return near;
}

static void key_default(const struct config_key *key, char *field)
{
    switch (key->type) {
    case CONFIG_KEY_STRING:
    case CONFIG_KEY_URL:
    case CONFIG_KEY_PATH:
        *(char **) field = key->text ? xstrdup(key->text) : NULL;
        break;
    case CONFIG_KEY_STRINGS:
    case CONFIG_KEY_PATHS:
    case CONFIG_KEY_URLS:
        *(char ***) field = xcalloc(2, sizeof(char *));
        if (key->text)
            (*(char ***) field)[0] = xstrdup(key->text);
        break;
    case CONFIG_KEY_INTEGER:
    case CONFIG_KEY_SECONDS:
        *(int64_t *) field = key->number;
        break;
    case CONFIG_KEY_FLAG:
        *(bool *) field = key->number != 0;
        break;
    default: /* zero is the default of the others */
        break;
    }
}

void config_keys_defaults(const struct config_key *keys, void *base)
{
    for (; keys->name; keys++) {
        if (keys->type == CONFIG_KEY_GROUP)
            config_keys_defaults(keys->members, base);
        else
            key_default(keys, (char *) base + keys->offset);
    }
}

void config_strings_free(char **strings)
{
    char **next;

    for (next = strings; next && *next; next++)
        free(*next);
    free(strings);
}

void config_keys_done(const struct config_key *keys, void *base)
{
    for (; keys->name; keys++) {
        char *field = (char *) base + keys->offset;

        switch (keys->type) {
        case CONFIG_KEY_STRING:
        case CONFIG_KEY_URL:
        case CONFIG_KEY_PATH:
            free(*(char **) field);
            break;
        case CONFIG_KEY_STRINGS:
        case CONFIG_KEY_PATHS:
        case CONFIG_KEY_URLS:
        case CONFIG_KEY_ARGV:
            config_strings_free(*(char ***) field);
            break;
        case CONFIG_KEY_GROUP:
            config_keys_done(keys->members, base);
            break;
        default:
            break;
        }
    }
}
