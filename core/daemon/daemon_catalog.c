/* SPDX-License-Identifier: ISC */
/* The daemon's copy of the catalog. It never loads a module. */
#include "daemon/daemon_catalog.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/log.h"
#include "base/protocol.h"
#include "base/util.h"
#include "loop/child.h"

#include <sys/wait.h>

#define LIMIT_MS 120000

struct catalog_loading {
    daemon_catalog_fn fn;
    void *userdata;
    json_t *document;
};

static void catalog_line(void *userdata, const char *line, size_t size)
{
    struct catalog_loading *loading = userdata;

    json_decref(loading->document);
    loading->document = NULL;
    if (json_parse(line, size, PROTOCOL_LINE_MAX, &loading->document, NULL) < 0)
        loading->document = NULL;
}

static void catalog_ended(void *userdata, int status, const char *why)
{
    struct catalog_loading *loading = userdata;
    json_t *document = loading->document;

    if (status == 0 &&
        json_is_array(json_object_get(document, "configurations")))
        loading->fn(loading->userdata, document, false, NULL);
    else
        loading->fn(loading->userdata, NULL, !document && WIFSIGNALED(status),
                    json_string_or(document, "error", why));
    json_decref(document);
    free(loading);
}

static void catalog_dropped(void *userdata)
{
    struct catalog_loading *loading = userdata;

    json_decref(loading->document);
    free(loading);
}

static const struct child_ops catalog_child_ops = {
    .line = catalog_line,
    .ended = catalog_ended,
    .dropped = catalog_dropped,
};

int daemon_catalog_load(struct loop *loop, const struct config *config,
                        daemon_catalog_fn fn, void *userdata, struct error *err)
{
    const char *argv[] = {
        config->runner, "-c",       config->file, "--config-digest",
        config->digest, "describe", NULL};
    struct child_spec spec = {.argv = argv,
                              .output_fd = -1,
                              .keep_errors = true,
                              .limit_ms = LIMIT_MS};
    struct catalog_loading *loading = xcalloc(1, sizeof(*loading));
    struct child *child;
    int r;

    *loading = (struct catalog_loading){.fn = fn, .userdata = userdata};
    r = child_start(loop, &spec, &catalog_child_ops, loading, &child, err);
    if (r < 0)
        free(loading);
    return r;
}

void daemon_catalog_subscribe(const json_t *catalog, struct bus *bus)
{
    const json_t *configuration, *type;
    size_t i, j;

    bus_reset_subscriptions(bus);
    json_array_foreach (json_object_get(catalog, "configurations"), i,
                        configuration)
        json_array_foreach (json_object_get(configuration, "subscribes"), j,
                            type)
            if (json_is_string(type))
                bus_subscribe(bus, json_string_or(configuration, "name", ""),
                              json_string_value(type));
}

static const json_t *catalog_find(const json_t *catalog, const char *name)
{
    const json_t *configuration;
    size_t i;

    json_array_foreach (json_object_get(catalog, "configurations"), i,
                        configuration)
        if (streq(json_string_or(configuration, "name", ""), name))
            return configuration;
    return NULL;
}

json_t *daemon_catalog_compare(const json_t *old, const json_t *now)
{
    json_t *added = json_array(), *changed = json_array();
    json_t *removed = json_array();
    const json_t *one, *other;
    size_t i;

    json_array_foreach (json_object_get(now, "configurations"), i, one) {
        const char *name = json_string_or(one, "name", "");

        other = catalog_find(old, name);
        if (!other)
            json_array_append_new(added, json_string(name));
        else if (!json_equal((json_t *) other, (json_t *) one))
            json_array_append_new(
                changed, json_pack("{s:s, s:s, s:s}", "name", name, "from",
                                   json_string_or(other, "version", ""), "to",
                                   json_string_or(one, "version", "")));
    }
    json_array_foreach (json_object_get(old, "configurations"), i, one) {
        const char *name = json_string_or(one, "name", "");

        if (!catalog_find(now, name))
            json_array_append_new(removed, json_string(name));
    }
    return json_pack("{s:o, s:o, s:o}", "added", added, "changed", changed,
                     "removed", removed);
}

void daemon_catalog_log_differences(const json_t *differences)
{
    const json_t *one;
    size_t i;

    json_array_foreach (json_object_get(differences, "added"), i, one)
        log_info("module reload: added %s", json_string_value(one));
    json_array_foreach (json_object_get(differences, "changed"), i, one)
        log_info("module reload: changed %s %s -> %s",
                 json_string_or(one, "name", "?"),
                 json_string_or(one, "from", "?"),
                 json_string_or(one, "to", "?"));
    json_array_foreach (json_object_get(differences, "removed"), i, one)
        log_info("module reload: removed %s", json_string_value(one));
}

void daemon_catalog_log_confinement(const json_t *catalog)
{
    const json_t *confinement = json_object_get(catalog, "confinement");
    const json_t *one;
    size_t i;

    json_array_foreach (json_object_get(confinement, "missing"), i, one)
        log_warning("confinement of modules: %s", json_string_value(one));
}

const char *daemon_catalog_digest(const json_t *catalog)
{
    return json_string_or(catalog, "digest", "");
}
