/* SPDX-License-Identifier: ISC */
/*
 * The keys on which ccmd and its runners must agree. ccmd reads ccm.conf once,
 * but each runner reads it again. If the file was edited in between, one node
 * would wait for its turn and another would be changed. The digest has a part
 * of its own for each such key (bound in config_schema.c), so that the key can
 * be named.
 */
#include "config_schema.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/util.h"

#include <errno.h>

#define PART_SIZE 16 /* hex digits of a key */

/* The keys seen so far. Stops at the first that differs from expected. */
struct config_walk {
    struct buf text;
    const char *expected; /* NULL: none; all keys are listed */
    struct buf different; /* the name of the first one that differs */
};

static json_t *digest_value(const struct config_key *key, const char *field)
{
    char *const *next;
    json_t *list;

    switch (key->type) {
    case CONFIG_KEY_CHOICE:
        return json_string(key->choices[*(const unsigned *) field]);
    case CONFIG_KEY_STRINGS:
    case CONFIG_KEY_PATHS:
    case CONFIG_KEY_URLS:
        list = json_array();
        for (next = *(char *const *const *) field; next && *next; next++)
            json_array_append_new(list, json_text(*next));
        return list;
    default:
        return *(char *const *) field ? json_text(*(char *const *) field)
                                      : json_null();
    }
}

static void digest_key(struct config_walk *walk, const char *group,
                       const struct config_key *key, const char *base)
{
    json_auto_t *value = digest_value(key, base + key->offset);
    json_auto_t *document = json_pack("[O]", value);
    cleanup_free char *line = json_line(document);
    char digest[DIGEST_SIZE];

    digest_bytes(line, strlen(line), digest);
    if (walk->expected && walk->different.size == 0 &&
        strncmp(walk->expected + walk->text.size, digest, PART_SIZE) != 0)
        buf_printf(&walk->different, "%s%s%s", group, group[0] ? "." : "",
                   key->name);
    buf_add(&walk->text, digest, PART_SIZE);
}

static void digest_keys(struct config_walk *walk, const char *group,
                        const struct config_key *keys, const char *base)
{
    for (; keys->name; keys++) {
        if (keys->type == CONFIG_KEY_GROUP)
            digest_keys(walk, keys->name, keys->members, base);
        else if (keys->bound)
            digest_key(walk, group, keys, base);
    }
}

char *config_digest(const struct config *config)
{
    struct config_walk walk = {.text = BUF_INIT, .different = BUF_INIT};

    digest_keys(&walk, "", config_keys, (const char *) config);
    return buf_take(&walk.text);
}

int config_check_digest(const struct config *config, const char *expected,
                        struct error *err)
{
    struct config_walk walk = {.text = BUF_INIT, .different = BUF_INIT};
    int r = 0;

    if (!expected || streq(expected, config->digest))
        return 0;
    if (strlen(expected) != strlen(config->digest))
        return error_set(err, -ESTALE,
                         "ccmd and ccm-runner are of different versions: "
                         "restart ccmd");
    walk.expected = expected;
    digest_keys(&walk, "", config_keys, (const char *) config);
    r = error_set(err, -ESTALE,
                  "%s: %s has changed since ccmd was started: restart ccmd, or "
                  "restore the old value",
                  config->file, buf_text(&walk.different));
    buf_done(&walk.text);
    buf_done(&walk.different);
    return r;
}
