/* SPDX-License-Identifier: ISC */
/* ccmctl status, nodes and queue: the current state. */
#include "ctl.h"

#include "base/json.h"
#include "base/util.h"
#include "ctl/text.h"
#include "ctl/text_table.h"

static enum text_colour status_colour(const char *state)
{
    if (streq(state, "idle"))
        return TEXT_GOOD;
    if (streq(state, "held") || streq(state, "failed") ||
        streq(state, "disconnected"))
        return TEXT_BAD;
    return TEXT_BUSY;
}

static void status_last_run(struct text_table *table, const json_t *run)
{
    cleanup_free char *outcome = ctl_text(run, "outcome");
    cleanup_free char *revision = ctl_text(run, "revision");
    long long changes = json_integer_or(run, "changes", 0);

    text_table_add(table, TEXT_PLAIN, "last run");
    if (!json_is_object(run))
        text_table_add(table, TEXT_PLAIN, "none yet");
    else
        text_table_addf(table, "%s, %lld change%s at revision %s, %lld ms",
                        outcome, changes, CTL_PLURAL(changes), revision,
                        (long long) json_integer_or(run, "duration_ms", 0));
}

static void status_catalog(struct text_table *table, const json_t *catalog)
{
    const json_t *list = json_object_get(catalog, "configurations");
    int64_t n = json_is_array(list)
                    ? (int64_t) json_array_size(list)
                    : json_integer_or(catalog, "configurations", 0);

    text_table_add(table, TEXT_PLAIN, "catalog");
    text_table_addf(table, "%lld configuration%s, digest %.8s", (long long) n,
                    CTL_PLURAL(n), json_string_or(catalog, "digest", "-"));
}

static void status_print(struct ctl *ctl, const json_t *status)
{
    static const char *const heads[] = {"NODE", NULL, NULL};
    const char *const both[] = {heads[0], json_string_or(status, "node", "?"),
                                NULL};
    const char *state = json_string_or(status, "state", "?");
    const char *waits_for = json_string_or(status, "waiting_for", NULL);
    cleanup_free char *pending = ctl_text(status, "pending");
    cleanup_free char *revision = ctl_text(status, "revision");
    cleanup_text_table struct text_table table;

    text_table_init(&table, both);
    text_table_add(&table, TEXT_PLAIN, "state");
    text_table_add(&table, status_colour(state), state);
    if (waits_for) {
        text_table_add(&table, TEXT_PLAIN, "waiting for");
        text_table_add(&table, TEXT_PLAIN, waits_for);
    }
    text_table_add(&table, TEXT_PLAIN, "store");
    if (json_bool_or(status, "connected", false))
        text_table_addf(&table, "%s, revision %s",
                        json_string_or(status, "store", "connected"), revision);
    else
        text_table_add(&table, TEXT_BAD, "not connected");
    text_table_add(&table, TEXT_PLAIN, "pending");
    text_table_add(&table, TEXT_PLAIN, pending);
    status_last_run(&table, json_object_get(status, "last_run"));
    status_catalog(&table, json_object_get(status, "catalog"));
    text_table_print(&table, ctl->out, ctl->colour);
}

/* What this node's system does not support. */
static void status_confinement(struct ctl *ctl, const json_t *catalog)
{
    const json_t *missing =
        json_object_get(json_object_get(catalog, "confinement"), "missing");
    const json_t *one;
    size_t i;

    json_array_foreach (missing, i, one)
        if (json_is_string(one))
            text_line(ctl->out, "confinement of modules: %s",
                      json_string_value(one));
}

int command_status(struct ctl *ctl)
{
    json_auto_t *status = NULL;
    const json_t *flag;
    const char *trouble;
    int r = ctl_ask(ctl, "status", NULL, -1, &status);

    if (r != CCM_EXIT_DONE)
        return r;
    if (ctl->json)
        return ctl_print_json(ctl, status);
    status_print(ctl, status);
    flag = json_object_get(status, "flag");
    trouble = json_string_or(status, "trouble", "");
    if (json_is_object(flag)) {
        fputc('\n', ctl->out);
        ctl_explain_flag(ctl->out, flag);
    }
    if (!json_bool_or(status, "connected", false))
        text_line(ctl->out,
                  "the store is unreachable%s%s; ccmd keeps trying; see its "
                  "log: journalctl -u ccmd",
                  trouble[0] ? ": " : "", trouble);
    else if (trouble[0])
        text_line(ctl->out, "not applied yet: %s; ccmd keeps trying", trouble);
    status_confinement(ctl, json_object_get(status, "catalog"));
    return CCM_EXIT_DONE;
}

/* The daemon reads a limited number of keys. */
static void show_omitted(struct ctl *ctl, const json_t *result,
                         const char *prefix)
{
    int64_t omitted = json_integer_or(result, "omitted", 0);

    if (omitted > 0)
        text_line(ctl->out,
                  "%lld more below %s in the store are not shown; delete those "
                  "that do not belong there",
                  (long long) omitted, prefix);
}

/* --------------------------------------------------------------------- nodes
 */

static void nodes_row(struct text_table *table, const json_t *node,
                      int64_t newest)
{
    const json_t *applied = json_object_get(node, "applied");
    const char *state = json_string_or(node, "state", "");
    bool alive = json_bool_or(node, "alive", false);
    int64_t revision = ctl_applied(node);
    cleanup_free char *name = ctl_text(node, "node");
    cleanup_free char *shown = ctl_text(applied, "revision");
    cleanup_free char *at = ctl_text(applied, "at");

    text_table_add(table, TEXT_PLAIN, name);
    text_table_add(table, alive ? TEXT_GOOD : TEXT_BAD, alive ? "yes" : "no");
    text_table_add(table, status_colour(state), state);
    text_table_add(table, revision < newest ? TEXT_BUSY : TEXT_GOOD, shown);
    text_table_addf(table, "%.8s", json_string_or(applied, "digest", "-"));
    text_table_addf(table, "%.19s", at);
}

static long long nodes_missing(const json_t *nodes, int64_t newest)
{
    const json_t *node;
    long long missing = 0;
    size_t i;

    json_array_foreach (nodes, i, node)
        if (json_bool_or(node, "alive", false) && ctl_applied(node) < newest)
            missing++;
    return missing;
}

int command_nodes(struct ctl *ctl)
{
    static const char *const heads[] = {
        "NODE", "ALIVE", "STATE", "REVISION", "DIGEST", "APPLIED", NULL};
    cleanup_text_table struct text_table table = {.columns = 0};
    json_auto_t *result = NULL;
    const json_t *nodes, *node;
    long long missing;
    int64_t newest;
    size_t i;
    int r = ctl_ask(ctl, "nodes", NULL, -1, &result);

    if (r != CCM_EXIT_DONE)
        return r;
    if (ctl->json)
        return ctl_print_json(ctl, result);
    newest = json_integer_or(result, "revision", 0);
    nodes = json_object_get(result, "nodes");
    text_table_init(&table, heads);
    json_array_foreach (nodes, i, node)
        nodes_row(&table, node, newest);
    text_table_print(&table, ctl->out, ctl->colour);
    show_omitted(ctl, result, "nodes/");
    missing = nodes_missing(nodes, newest);
    if (json_bool_or(result, "converged", false))
        text_line(ctl->out, "converged at revision %lld", (long long) newest);
    else
        text_line(ctl->out,
                  "not converged: %lld live node%s behind revision %lld; "
                  "ccmctl queue shows which is next",
                  missing, CTL_PLURAL(missing), (long long) newest);
    return CCM_EXIT_DONE;
}

/* Under the flag nobody waits, though there may be much to do. */
static void queue_say_held(struct ctl *ctl, const json_t *result)
{
    const json_t *flag = json_object_get(result, "flag");

    if (json_is_object(flag))
        text_line(ctl->out,
                  "all nodes are held by the flag (%s): see ccmctl flag show",
                  json_string_or(flag, "error", "no reason given"));
}

int command_queue(struct ctl *ctl)
{
    static const char *const heads[] = {"#", "NODE", "STATE", "SINCE", NULL};
    cleanup_text_table struct text_table table = {.columns = 0};
    json_auto_t *result = NULL;
    const json_t *entries, *entry;
    size_t i;
    int r = ctl_ask(ctl, "queue", NULL, -1, &result);

    if (r != CCM_EXIT_DONE)
        return r;
    if (ctl->json)
        return ctl_print_json(ctl, result);
    entries = json_object_get(result, "entries");
    queue_say_held(ctl, result);
    if (json_array_size(entries) == 0) {
        text_line(ctl->out, "no node waits for a turn");
        return CCM_EXIT_DONE;
    }
    text_table_init(&table, heads);
    json_array_foreach (entries, i, entry) {
        /* etcdctl lock takes a place, but leaves no name. */
        cleanup_free char *node = ctl_text(
            entry,
            json_is_string(json_object_get(entry, "node")) ? "node" : "key");
        cleanup_free char *since = ctl_text(entry, "since");

        text_table_addf(&table, "%zu", i + 1);
        text_table_add(&table, TEXT_PLAIN, node);
        text_table_add(&table, TEXT_PLAIN,
                       json_bool_or(entry, "applying", false) ? "applying"
                                                              : "waiting");
        text_table_add(&table, TEXT_PLAIN, since);
    }
    text_table_print(&table, ctl->out, ctl->colour);
    show_omitted(ctl, result, "lock/");
    return CCM_EXIT_DONE;
}
