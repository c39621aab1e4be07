/* SPDX-License-Identifier: ISC */
/* ccmctl object list, get, put and delete. */
#include "ctl/types.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/json.h"
#include "base/object_id.h"
#include "base/util.h"
#include "ctl/text.h"
#include "ctl/text_table.h"

#include <errno.h>
#include <fcntl.h>

#define OBJECT_BYTES_MAX (1024 * 1024)

/* Fields that may name an object; the first one present is shown. */
static const char *const names[] = {
    "name",     "username", "domain",           "local_part",
    "hostname", "version",  "main_common_name",
};

static char *object_name(const json_t *object)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(names); i++)
        if (json_object_get(object, names[i]))
            return ctl_text(object, names[i]);
    return xstrdup("");
}

int command_object_list(struct ctl *ctl)
{
    static const char *const heads[] = {"ID", "NAME", "UPDATED", NULL};
    cleanup_text_table struct text_table table = {.columns = 0};
    json_auto_t *document = NULL;
    const json_t *list, *object;
    size_t i;
    int r = ctl_ask_document(
        ctl, "object.list",
        json_pack("{s:o}", "type", json_text(ctl->words[0])), &document);

    if (r != CCM_EXIT_DONE)
        return r;
    if (ctl->json)
        return ctl_print_json(ctl, document);
    text_table_init(&table, heads);
    list = json_object_get(document, "objects");
    json_array_foreach (list, i, object) {
        cleanup_free char *id = ctl_text(object, "id");
        cleanup_free char *name = object_name(object);
        cleanup_free char *updated = ctl_text(object, "updated_at");

        text_table_add(&table, TEXT_PLAIN, id);
        text_table_add(&table, TEXT_PLAIN, name);
        text_table_add(&table, TEXT_PLAIN, updated);
    }
    text_table_print(&table, ctl->out, ctl->colour);
    text_line(ctl->out, "%zu object%s", json_array_size(list),
              CTL_PLURAL(json_array_size(list)));
    return CCM_EXIT_DONE;
}

/* {"type": the first word, "id": the word as a number} */
static int object_address(struct ctl *ctl, const char *word, json_t **fields)
{
    long long id;

    if (options_number(word, "the id", &id, &ctl->error) < 0)
        return CCM_EXIT_USAGE;
    if (!object_id_valid(id))
        return ctl_fail(ctl, CCM_EXIT_USAGE, "the id %s is invalid: %s", word,
                        OBJECT_ID_RULE);
    *fields = json_pack("{s:o, s:I}", "type", json_text(ctl->words[0]), "id",
                        (json_int_t) id);
    return CCM_EXIT_DONE;
}

int command_object_get(struct ctl *ctl)
{
    json_auto_t *document = NULL;
    json_t *fields;
    int r = object_address(ctl, ctl->words[1], &fields);

    if (r == CCM_EXIT_DONE)
        r = ctl_ask_document(ctl, "object.get", fields, &document);
    return r == CCM_EXIT_DONE ? ctl_print_json(ctl, document) : r;
}

static int object_done(struct ctl *ctl, const json_t *result, const char *verb,
                       const char *id)
{
    if (ctl->json)
        return ctl_print_json(ctl, result);
    text_line(ctl->out, "%s %s/%s at revision %lld", verb, ctl->words[0], id,
              (long long) json_integer_or(result, "revision", 0));
    return CCM_EXIT_DONE;
}

int command_object_delete(struct ctl *ctl)
{
    int i, r = CCM_EXIT_DONE;

    if (ctl->json && ctl->n_words > 2)
        return ctl_fail(ctl, CCM_EXIT_USAGE,
                        "--json prints one document, so give one ID at a time");
    for (i = 1; i < ctl->n_words && r == CCM_EXIT_DONE; i++) {
        json_auto_t *result = NULL;
        json_t *fields;

        r = object_address(ctl, ctl->words[i], &fields);
        if (r == CCM_EXIT_DONE)
            r = ctl_ask(ctl, "object.delete", fields, -1, &result);
        if (r == CCM_EXIT_DONE)
            r = object_done(ctl, result, "deleted", ctl->words[i]);
    }
    return r;
}

/* Reads the object from an argument, standard input, or a file. */
static int object_read(struct ctl *ctl, json_t **object)
{
    const char *from = ctl->n_words > 1 ? ctl->words[1] : "-";
    cleanup_free char *text = NULL;
    size_t size;
    int r = 0;

    if (from[strspn(from, " \t\n")] == '{') {
        text = xstrdup(from);
        size = strlen(text);
    } else {
        r = io_read_file(AT_FDCWD, streq(from, "-") ? "/dev/stdin" : from,
                         OBJECT_BYTES_MAX, &text, &size, &ctl->error);
    }
    if (r == 0 &&
        json_parse(text, size, OBJECT_BYTES_MAX, object, &ctl->error) < 0)
        r = error_prefix(&ctl->error, -EPROTO, "the object");
    if (r == 0 && !json_is_object(*object))
        r = error_set(&ctl->error, -EPROTO,
                      "expected an object of the form {\"id\": 1, ...}");
    return r < 0 ? CCM_EXIT_FAILED : CCM_EXIT_DONE;
}

/* Does the object change a field that never changes? Only one that is there
 * can tell; if it cannot be read, there is nothing to compare with. */
static int object_check_immutable(struct ctl *ctl, const struct type *type,
                                  const json_t *object)
{
    json_auto_t *old = NULL;
    size_t i;
    json_t *fields = json_pack("{s:o, s:O}", "type", json_text(ctl->words[0]),
                               "id", json_object_get(object, "id"));

    if (ctl_ask_document(ctl, "object.get", fields, &old) != CCM_EXIT_DONE) {
        ctl->error.text[0] = '\0';
        return CCM_EXIT_DONE;
    }
    for (i = 0; i < type->n_fields; i++) {
        const char *name = type->fields[i].name;
        const json_t *before = json_object_get(old, name);

        if ((type->fields[i].flags & CCM_IMMUTABLE) && before &&
            !json_equal(before, json_object_get(object, name)))
            return ctl_fail(ctl, CCM_EXIT_FAILED,
                            "%s: field \"%s\" cannot be changed; delete the "
                            "object and put a new one",
                            ctl->words[0], name);
    }
    return CCM_EXIT_DONE;
}

static int object_check(struct ctl *ctl, const json_t *object)
{
    json_auto_t *types = NULL;
    struct type *type = NULL;
    bool immutable = false;
    size_t i;
    int r = types_asked(ctl, &types);

    if (r == CCM_EXIT_DONE)
        r = types_find(ctl, types, ctl->words[0], &type);
    if (r == CCM_EXIT_DONE &&
        types_check_object(type, ctl->words[0], object, &ctl->error) < 0)
        r = CCM_EXIT_FAILED;
    for (i = 0; type && i < type->n_fields; i++)
        immutable = immutable || (type->fields[i].flags & CCM_IMMUTABLE);
    if (r == CCM_EXIT_DONE && immutable)
        r = object_check_immutable(ctl, type, object);
    type_free(type);
    return r;
}

int command_object_put(struct ctl *ctl)
{
    json_auto_t *object = NULL, *result = NULL;
    cleanup_free char *id = NULL;
    int r = object_read(ctl, &object);

    if (r == CCM_EXIT_DONE)
        r = object_check(ctl, object);
    if (r != CCM_EXIT_DONE)
        return r;
    r = ctl_ask(ctl, "object.put",
                json_pack("{s:o, s:O}", "type", json_text(ctl->words[0]),
                          "object", object),
                -1, &result);
    id = ctl_text(object, "id");
    return r == CCM_EXIT_DONE ? object_done(ctl, result, "wrote", id) : r;
}
