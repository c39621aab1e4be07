/* SPDX-License-Identifier: ISC */
/* ccmctl type list, show and example; ccmctl object check. */
#include "ctl/object_file.h"
#include "ctl/types.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "ctl/text.h"
#include "ctl/text_table.h"
#include "types/type_schema.h"

int command_type_list(struct ctl *ctl)
{
    static const char *const heads[] = {"TYPE", "CONFIGURATION", "SUMMARY",
                                        NULL};
    cleanup_text_table struct text_table table = {.columns = 0};
    json_auto_t *list = NULL;
    const json_t *one;
    size_t i;
    int r = types_described(ctl, &list);

    if (r != CCM_EXIT_DONE)
        return r;
    if (ctl->json) {
        json_auto_t *document = json_pack("{s:O}", "types", list);

        return ctl_print_json(ctl, document);
    }
    text_table_init(&table, heads);
    json_array_foreach (list, i, one) {
        text_table_add(&table, TEXT_PLAIN, json_string_or(one, "name", ""));
        text_table_add(&table, TEXT_PLAIN,
                       json_string_or(one, "configuration", ""));
        text_table_add(&table, TEXT_PLAIN, json_string_or(one, "summary", ""));
    }
    text_table_print(&table, ctl->out, ctl->colour);
    if (json_array_size(list) == 0)
        text_line(ctl->out, "no configuration declares a type");
    return CCM_EXIT_DONE;
}

/* The type that the first word names. Sets *type, new (type_free). */
static int type_named(struct ctl *ctl, struct type **type)
{
    json_auto_t *list = NULL;
    int r = types_described(ctl, &list);

    if (r == CCM_EXIT_DONE)
        r = types_find(ctl, list, ctl->words[0], type);
    if (r == CCM_EXIT_DONE && !*type)
        r = ctl_fail(ctl, CCM_EXIT_FAILED,
                     "no configuration declares the type \"%s\" (see ccmctl "
                     "type list)",
                     ctl->words[0]);
    return r;
}

static void type_row(struct text_table *table, const struct type_field *field,
                     const json_t *from)
{
    cleanup_free char *initial =
        field->initial
            ? json_dumps(field->initial, JSON_ENCODE_ANY | JSON_COMPACT)
            : NULL;
    cleanup_buf struct buf expects = BUF_INIT;

    type_expects(field, &expects);
    text_table_add(table, TEXT_PLAIN, field->name);
    text_table_addf(table, "%s%s%s", type_kind_name(field->kind),
                    field->of ? " of " : "",
                    field->of ? type_kind_name(field->of) : "");
    text_table_addf(table, "%s%s", field->may_miss ? "no" : "yes",
                    field->flags & CCM_NULLABLE ? ", may be null" : "");
    text_table_add(table, TEXT_PLAIN, initial);
    text_table_add(table, TEXT_PLAIN, buf_text(&expects));
    text_table_add(table, TEXT_PLAIN, json_string_or(from, "summary", ""));
}

static void type_print(struct ctl *ctl, const struct type *type)
{
    static const char *const heads[] = {
        "FIELD", "KIND", "REQUIRED", "DEFAULT", "EXPECTS", "SUMMARY", NULL};
    cleanup_text_table struct text_table table = {.columns = 0};
    const json_t *list = json_object_get(type->declaration, "fields");
    json_auto_t *example = type_example(type);
    cleanup_free char *line = json_dumps(example, JSON_COMPACT);
    size_t i;

    text_line(ctl->out, "%s: %s", type->name,
              json_string_or(type->declaration, "summary", ""));
    text_table_init(&table, heads);
    for (i = 0; i < type->n_fields; i++)
        type_row(&table, &type->fields[i], json_array_get(list, i));
    text_table_print(&table, ctl->out, ctl->colour);
    text_line(ctl->out, "example: %s", line);
}

int command_type_show(struct ctl *ctl)
{
    struct type *type = NULL;
    int r = type_named(ctl, &type);

    if (r != CCM_EXIT_DONE)
        return r;
    if (ctl->json) {
        json_auto_t *schema = type_schema(type);

        r = ctl_print_json(ctl, schema);
    } else {
        type_print(ctl, type);
    }
    type_free(type);
    return r;
}

int command_type_example(struct ctl *ctl)
{
    json_auto_t *example = NULL;
    struct type *type = NULL;
    int r = type_named(ctl, &type);

    if (r != CCM_EXIT_DONE)
        return r;
    example = type_example(type);
    type_free(type);
    return ctl_print_json(ctl, example);
}

/* Adds the number of bad objects to *bad. Returns an exit status. */
static int type_check_file(struct ctl *ctl, const json_t *types,
                           const char *path, int *bad)
{
    cleanup_free char *name = NULL;
    json_auto_t *objects = NULL;
    struct type *type = NULL;
    const json_t *object;
    struct error err;
    size_t i;
    int r = object_file_read(ctl, path, &name, &objects);

    if (r == CCM_EXIT_DONE)
        r = types_find(ctl, types, name, &type);
    if (r != CCM_EXIT_DONE)
        return r;
    json_array_foreach (objects, i, object) {
        if (types_check_object(type, name, object, &err) == 0)
            continue;
        text_line(ctl->out, "%s", err.text);
        ++*bad;
    }
    type_free(type);
    return CCM_EXIT_DONE;
}

int command_object_check(struct ctl *ctl)
{
    json_auto_t *types = NULL;
    int i, bad = 0, r = types_described(ctl, &types);

    for (i = 0; i < ctl->n_words && r == CCM_EXIT_DONE; i++)
        r = type_check_file(ctl, types, ctl->words[i], &bad);
    if (r == CCM_EXIT_DONE && bad > 0)
        r = ctl_fail(ctl, CCM_EXIT_FAILED, "%d bad object%s", bad,
                     CTL_PLURAL(bad));
    return r;
}
