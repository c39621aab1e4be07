/* SPDX-License-Identifier: ISC */
/* Which foreign bytes may reach a terminal or the log. */
#include "unit/unit.h"

#include "base/util.h"
#include "base/visible.h"

/* Each between "a" and "b"; NULL: as it is. */
static const struct {
    const char *text;
    const char *shown;
} cases[] = {
    {"", NULL},
    {" ", NULL},
    {"~", NULL},
    {"\xc3\xa4", NULL},                           /* a letter of two bytes, */
    {"\xe2\x82\xac", NULL},                       /* of three, */
    {"\xf0\x9f\x98\x80", NULL},                   /* and of four */
    {"e\xcc\x81", NULL},                          /* an accent that combines */
    {"\xc2\xa0", NULL},                           /* a blank that is seen */
    {"\x1b[2J", "\\x1b[2J"},                      /* C0: an escape sequence */
    {"\x01\r\x7f", "\\x01\\x0d\\x7f"},            /* C0 and DEL */
    {"\xc2\x80", "\\xc2\\x80"},                   /* C1, the first, */
    {"\xc2\x9bJ", "\\xc2\\x9bJ"},                 /* CSI, */
    {"\xc2\x9f", "\\xc2\\x9f"},                   /* and the last */
    {"\x9bJ", "\\x9bJ"},                          /* C1 in one byte */
    {"\x80\x9f\xff", "\\x80\\x9f\\xff"},          /* no UTF-8 */
    {"\xc3", "\\xc3"},                            /* cut, */
    {"\xe2\x80", "\\xe2\\x80"},                   /* twice */
    {"\xc0\xaf", "\\xc0\\xaf"},                   /* "/", too long */
    {"\xe0\x80\xaf", "\\xe0\\x80\\xaf"},          /* the same */
    {"\xed\xa0\x80", "\\xed\\xa0\\x80"},          /* a surrogate */
    {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"}, /* beyond Unicode */
    {"\xc2\xad", "\\xc2\\xad"},                   /* U+00AD soft hyphen */
    {"\xd8\x9c", "\\xd8\\x9c"},          /* U+061C Arabic letter mark */
    {"\xe1\xa0\x8e", "\\xe1\\xa0\\x8e"}, /* U+180E */
    {"\xe2\x80\x8b", "\\xe2\\x80\\x8b"}, /* U+200B zero width space */
    {"\xe2\x80\x8d", "\\xe2\\x80\\x8d"}, /* U+200D joiner */
    {"\xe2\x80\x8f", "\\xe2\\x80\\x8f"}, /* U+200F right-to-left mark */
    {"\xe2\x80\x90", NULL},              /* U+2010 hyphen */
    {"\xe2\x80\xa8", "\\xe2\\x80\\xa8"}, /* U+2028 line separator */
    {"\xe2\x80\xae", "\\xe2\\x80\\xae"}, /* U+202E override */
    {"\xe2\x81\xa0", "\\xe2\\x81\\xa0"}, /* U+2060 word joiner */
    {"\xe2\x81\xa9", "\\xe2\\x81\\xa9"}, /* U+2069 */
    {"\xe3\x85\xa4", "\\xe3\\x85\\xa4"}, /* U+3164 Hangul filler */
    {"\xef\xb8\x8f", "\\xef\\xb8\\x8f"}, /* U+FE0F */
    {"\xef\xbb\xbf", "\\xef\\xbb\\xbf"}, /* U+FEFF byte order mark */
    {"\xef\xbf\xbd", NULL},              /* U+FFFD is seen */
    {"\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81"}, /* U+E0041, a tag */
};

static void only_what_is_seen_and_does_nothing_is_shown(void **state)
{
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        const char *want = cases[i].shown ? cases[i].shown : cases[i].text;
        cleanup_buf struct buf shown = BUF_INIT, line = BUF_INIT;
        cleanup_buf struct buf given = BUF_INIT, wanted = BUF_INIT;

        buf_printf(&given, "a%sb", cases[i].text);
        buf_printf(&wanted, "a%sb", want);
        visible_put(&shown, given.data, given.size);
        visible_put_line(&line, given.data);
        assert_string_equal(buf_text(&shown), buf_text(&wanted));
        assert_string_equal(buf_text(&line), buf_text(&wanted));
    }
}

static void newline_and_tab_stay_but_on_one_line(void **state)
{
    cleanup_buf struct buf shown = BUF_INIT, line = BUF_INIT;

    (void) state;
    visible_put(&shown, "a\tb\n\0c", 6);
    assert_string_equal(buf_text(&shown), "a\tb\n\\x00c");
    visible_put_line(&line, "a\tb\n\nc");
    assert_string_equal(buf_text(&line), "a\\tb\\n\\nc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_seen_and_does_nothing_is_shown),
        cmocka_unit_test(newline_and_tab_stay_but_on_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
