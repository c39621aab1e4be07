/* SPDX-License-Identifier: ISC */
/* ccmctl module list, info, reload and graph: the catalog. */
#include "ctl.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/util.h"
#include "ctl/text.h"
#include "ctl/text_table.h"

static int module_ask(struct ctl *ctl, const char *op, json_t **result,
                      const json_t **list)
{
    int r = ctl_ask(ctl, op, NULL, -1, result);

    if (r != CCM_EXIT_DONE)
        return r;
    *list = json_object_get(*result, "configurations");
    if (!json_is_array(*list))
        return ctl_fail(ctl, CCM_EXIT_FAILED, "ccmd answered without a list");
    return CCM_EXIT_DONE;
}

static void module_row(struct text_table *table, const json_t *entry)
{
    static const char *const fields[] = {"name",       "module",  "version",
                                         "subscribes", "depends", "file"};
    size_t i;

    for (i = 0; i < ARRAY_SIZE(fields); i++) {
        cleanup_free char *text = ctl_text(entry, fields[i]);

        text_table_add(table, TEXT_PLAIN, text);
    }
}

int command_module_list(struct ctl *ctl)
{
    static const char *const heads[] = {
        "CONFIGURATION", "MODULE", "VERSION", "SUBSCRIBES",
        "DEPENDS",       "FILE",   NULL};
    cleanup_text_table struct text_table table = {.columns = 0};
    json_auto_t *result = NULL;
    const json_t *list, *entry;
    size_t i;
    int r = module_ask(ctl, "module.list", &result, &list);

    if (r != CCM_EXIT_DONE)
        return r;
    if (ctl->json)
        return ctl_print_json(ctl, result);
    text_table_init(&table, heads);
    json_array_foreach (list, i, entry)
        module_row(&table, entry);
    text_table_print(&table, ctl->out, ctl->colour);
    if (json_array_size(list) == 0)
        text_line(ctl->out, "no configuration yet: add one to modules.d, then "
                            "run: ccmctl module reload");
    return CCM_EXIT_DONE;
}

static const json_t *module_find(const json_t *list, const char *name)
{
    const json_t *entry;
    size_t i;

    json_array_foreach (list, i, entry)
        if (streq(json_string_or(entry, "name", ""), name))
            return entry;
    return NULL;
}

int command_module_info(struct ctl *ctl)
{
    static const char *const heads[] = {"FIELD", "VALUE", NULL};
    cleanup_text_table struct text_table table = {.columns = 0};
    json_auto_t *result = NULL;
    const json_t *list, *entry;
    const char *field;
    json_t *value;
    int r = module_ask(ctl, "module.list", &result, &list);

    if (r != CCM_EXIT_DONE)
        return r;
    entry = module_find(list, ctl->words[0]);
    if (!entry)
        return ctl_fail(ctl, CCM_EXIT_FAILED,
                        "no configuration \"%s\"; ccmctl module list shows all",
                        ctl->words[0]);
    if (ctl->json)
        return ctl_print_json(ctl, entry);
    text_table_init(&table, heads);
    json_object_foreach ((json_t *) entry, field, value) {
        cleanup_free char *text = ctl_text(entry, field);

        text_table_add(&table, TEXT_PLAIN, field);
        text_table_add(&table, TEXT_PLAIN, text);
    }
    text_table_print(&table, ctl->out, ctl->colour);
    return CCM_EXIT_DONE;
}

/* One line for each configuration that has changed, with the old and the new
 * version. */
static void module_changes(struct ctl *ctl, const json_t *changed)
{
    const json_t *one;
    size_t i;

    json_array_foreach (changed, i, one) {
        const char *from = json_string_or(one, "from", "?");
        const char *to = json_string_or(one, "to", "?");

        text_line(ctl->out, "%-8s %s %s%s%s", "changed",
                  json_string_or(one, "name", "?"), from,
                  streq(from, to) ? ", but its contents or settings" : " -> ",
                  streq(from, to) ? "" : to);
    }
}

/* Returns whether there are some. */
static bool module_names(struct ctl *ctl, const json_t *result,
                         const char *field)
{
    cleanup_free char *names = ctl_text(result, field);

    if (names[0])
        text_line(ctl->out, "%-8s %s", field, names);
    return names[0] != '\0';
}

int command_module_reload(struct ctl *ctl)
{
    json_auto_t *result = NULL;
    const json_t *list, *changed;
    bool others;
    int r = module_ask(ctl, "module.reload", &result, &list);

    if (r != CCM_EXIT_DONE)
        return r;
    if (ctl->json)
        return ctl_print_json(ctl, result);
    changed = json_object_get(result, "changed");
    others = module_names(ctl, result, "added");
    module_changes(ctl, changed);
    others = module_names(ctl, result, "removed") || others;
    text_line(ctl->out, "%sin force: %zu configuration%s",
              others || json_array_size(changed) > 0 ? ""
                                                     : "nothing has changed; ",
              json_array_size(list), CTL_PLURAL(json_array_size(list)));
    return CCM_EXIT_DONE;
}

/* --------------------------------------------------------------------- graph
 */

static void module_quote(struct buf *dot, const char *text)
{
    cleanup_free char *safe = text_safe(text);
    const char *byte;

    buf_putc(dot, '"');
    for (byte = safe; *byte; byte++) {
        if (*byte == '"' || *byte == '\\')
            buf_putc(dot, '\\');
        buf_putc(dot, *byte);
    }
    buf_putc(dot, '"');
}

static void module_edges(struct buf *dot, const json_t *entry,
                         const char *field, const char *style)
{
    const json_t *other;
    size_t i;

    json_array_foreach (json_object_get(entry, field), i, other) {
        if (!json_is_string(other))
            continue;
        buf_puts(dot, "  ");
        module_quote(dot, json_string_or(entry, "name", ""));
        buf_puts(dot, " -> ");
        module_quote(dot, json_string_value(other));
        buf_puts(dot, style);
    }
}

int command_module_graph(struct ctl *ctl)
{
    cleanup_buf struct buf dot = BUF_INIT;
    json_auto_t *result = NULL;
    const json_t *list, *entry;
    size_t i;
    int r = module_ask(ctl, "module.list", &result, &list);

    if (r != CCM_EXIT_DONE)
        return r;
    if (ctl->json)
        return ctl_print_json(ctl, result);
    buf_puts(&dot, "digraph ccm {\n");
    json_array_foreach (list, i, entry) {
        buf_puts(&dot, "  ");
        module_quote(&dot, json_string_or(entry, "name", ""));
        buf_puts(&dot, ";\n");
        module_edges(&dot, entry, "depends", ";\n");
        module_edges(&dot, entry, "after", " [style=dashed];\n");
    }
    buf_puts(&dot, "}\n");
    fputs(buf_text(&dot), ctl->out);
    return CCM_EXIT_DONE;
}
