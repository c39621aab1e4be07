/* SPDX-License-Identifier: ISC */
/* Tables become types, or are refused; old and new tables are read. */
#include "unit/unit.h"

#include "base/util.h"
#include "types/type.h"
#include "types/type_schema.h"

#include <errno.h>

static const struct ccm_field rows[] = {
    {.name = "name", .kind = CCM_NAME},
    {.name = "size", .kind = CCM_INTEGER, .min = 1, .initial = "2"},
};

static void older_and_newer_rows_are_read(void **state)
{
    struct {
        struct ccm_field row;
        const char *more[3];
    } newer[2] = {{.row = rows[0]}, {.row = rows[1]}};
    char older[2][offsetof(struct ccm_field, grammar)];
    struct ccm_type type = {.size = offsetof(struct ccm_type, unique),
                            .name = "things",
                            .n_fields = 2};
    json_t *out;
    size_t i;

    (void) state;
    for (i = 0; i < 2; i++)
        memcpy(older[i], &rows[i], sizeof(older[i]));
    type.fields = (const struct ccm_field *) (const void *) older;
    type.row_size = sizeof(older[0]);
    assert_int_equal(type_from_table(&type, &out, NULL), 0);
    assert_int_equal(json_array_size(json_object_get(out, "fields")), 2);
    assert_null(json_object_get(
        json_array_get(json_object_get(out, "fields"), 1), "default"));
    json_decref(out);
    type.fields = &newer[0].row;
    type.row_size = sizeof(newer[0]);
    assert_int_equal(type_from_table(&type, &out, NULL), 0);
    assert_int_equal(
        json_integer_value(json_object_get(
            json_array_get(json_object_get(out, "fields"), 1), "default")),
        2);
    json_decref(out);
}

static void sizes_that_cannot_be_are_refused(void **state)
{
    struct ccm_type type = {.size = sizeof(type),
                            .row_size = 4,
                            .name = "things",
                            .fields = rows,
                            .n_fields = 2};
    json_t *out = NULL;

    (void) state;
    assert_int_equal(type_from_table(&type, &out, NULL), -EPROTO);
    type.row_size = sizeof(rows[0]);
    type.n_fields = 100000;
    assert_int_equal(type_from_table(&type, &out, NULL), -EPROTO);
    type.n_fields = 2;
    type.size = 8;
    assert_int_equal(type_from_table(&type, &out, NULL), -EPROTO);
    assert_null(out);
}

#define FIELD(text) "{'name':'t','fields':[" text "]}"

static const struct {
    const char *declaration, *says;
} refused[] = {
    {"{}", "type \"\""},
    {"{'name':'Bad','fields':[]}", "type \"Bad\": expected [a-z]"},
    {"{'name':'t'}", "expected at most 200 fields"},
    {FIELD("{'name':'id','kind':'line'}"), "and not \"id\""},
    {FIELD("{'name':'A','kind':'line'}"), "field \"A\""},
    {FIELD("{'name':'a','kind':'text'}"), "kind \"text\" is unknown"},
    {FIELD("{'name':'a','kind':'line'},{'name':'a','kind':'line'}"), "twice"},
    {FIELD("{'name':'a','kind':'line','flags':['odd']}"), "flag \"odd\""},
    {FIELD("{'name':'a','kind':'line','grammar':'odd'}"), "grammar \"odd\""},
    {FIELD("{'name':'a','kind':'integer','grammar':'host'}"), "is not text"},
    {FIELD("{'name':'a','kind':'array'}"), "\"of\""},
    {FIELD("{'name':'a','kind':'array','of':'map'}"), "\"of\""},
    {FIELD("{'name':'a','kind':'line','of':'line'}"), "not an array or a map"},
    {FIELD("{'name':'a','kind':'line','reference':'b'}"), "reference"},
    {FIELD("{'name':'a','kind':'integer','min':5,'max':4}"), "min is larger"},
    {FIELD("{'name':'a','kind':'integer','default':'x'}"),
     "default: is \"x\"; expected an integer"},
    {"{'name':'t','unique':['a','b'],'fields':[{'name':'a','kind':'line'}]}",
     "unique names the field \"b\""},
    {FIELD("{'name':'a','kind':'integer','max':3,'example':4}"), "example"},
};

static json_t *from_quoted(const char *text)
{
    char copy[512], *c;

    snprintf(copy, sizeof(copy), "%s", text);
    for (c = copy; *c; c++)
        if (*c == '\'')
            *c = '"';
    return json_loads(copy, 0, NULL);
}

static void declarations_that_mean_nothing_are_refused(void **state)
{
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(refused); i++) {
        json_auto_t *from = from_quoted(refused[i].declaration);
        struct type *type = NULL;
        struct error err = {""};

        assert_non_null(from);
        assert_int_equal(type_new(from, &type, &err), -EPROTO);
        assert_null(type);
        if (!strstr(err.text, refused[i].says))
            fail_msg("\"%s\" lacks \"%s\"", err.text, refused[i].says);
    }
}

static void ids_are_what_json_carries(void **state)
{
    (void) state;
    assert_true(object_id_valid(1));
    assert_true(object_id_valid(INT64_C(9007199254740991)));
    assert_false(object_id_valid(0));
    assert_false(object_id_valid(-3));
    assert_false(object_id_valid(INT64_C(9007199254740992)));
}

/* The example that is made up for each grammar and kind keeps to it. */
static void the_example_keeps_to_its_type(void **state)
{
    json_auto_t *from = from_quoted(FIELD(
        "{'name':'a','kind':'line','grammar':'host'},"
        "{'name':'b','kind':'integer','min':5},{'name':'c','kind':'boolean'},"
        "{'name':'d','kind':'timestamp'},{'name':'e','kind':'array','of':"
        "'line','min':1},{'name':'f','kind':'map','of':'integer'},"
        "{'name':'g','kind':'secret','grammar':'crypt'},"
        "{'name':'h','kind':'line','values':['x','y']}"));
    json_auto_t *example = NULL;
    struct type *type = NULL;
    struct error err = {""};

    (void) state;
    if (type_new(from, &type, &err) < 0)
        fail_msg("%s", err.text);
    example = type_example(type);
    assert_int_equal(json_object_size(example), 9);
    if (type_check(type, example, &err) < 0)
        fail_msg("%s", err.text);
    type_free(type);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(older_and_newer_rows_are_read),
        cmocka_unit_test(sizes_that_cannot_be_are_refused),
        cmocka_unit_test(declarations_that_mean_nothing_are_refused),
        cmocka_unit_test(ids_are_what_json_carries),
        cmocka_unit_test(the_example_keeps_to_its_type),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
