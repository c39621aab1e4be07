/* SPDX-License-Identifier: ISC */
/* JSON from outside: its size, its depth, and what is cut off. */
#include "unit/unit.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"

#include <errno.h>

static void text_over_the_limit_is_not_parsed(void **state)
{
    json_t *value = NULL;
    struct error err;

    (void) state;
    assert_int_equal(json_parse("[1,2]", 5, 4, &value, &err), -EMSGSIZE);
    assert_null(value);
    assert_string_equal(err.text, "5 bytes of JSON; the limit is 4");
    assert_int_equal(json_parse("[1,2]", 5, 5, &value, &err), 0);
    json_decref(value);
}

/* Whoever parses or walks it does so by recursion. */
static void json_that_is_too_deep_is_refused(void **state)
{
    enum { DEPTH = 100000 };
    cleanup_free char *text = xmalloc(DEPTH);
    json_t *value = NULL;
    struct error err;

    (void) state;
    memset(text, '[', DEPTH);
    assert_int_equal(json_parse(text, DEPTH, DEPTH, &value, &err), -EPROTO);
    assert_null(value);
}

static void long_text_is_clipped_wherever_it_is(void **state)
{
    json_auto_t *value =
        json_pack("{s:s, s:[s, i], s:{s:s}}", "short", "1234", "list", "123456",
                  7, "more", "x", "1234567890");
    cleanup_free char *line = NULL;

    (void) state;
    json_clip(value, 4);
    line = json_line(value);
    assert_string_equal(line, "{\"list\":[\"1234 [2 bytes more]\",7],"
                              "\"more\":{\"x\":\"1234 [6 bytes more]\"},"
                              "\"short\":\"1234\"}");
}

static void clipping_leaves_no_half_character(void **state)
{
    json_auto_t *value = json_string("a\xc3\xa9\xe2\x82\xac!");

    (void) state;
    json_clip(value, 5);
    assert_string_equal(json_string_value(value), "a\xc3\xa9 [4 bytes more]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_over_the_limit_is_not_parsed),
        cmocka_unit_test(json_that_is_too_deep_is_refused),
        cmocka_unit_test(long_text_is_clipped_wherever_it_is),
        cmocka_unit_test(clipping_leaves_no_half_character),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
