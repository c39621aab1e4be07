/* SPDX-License-Identifier: ISC */
/* Text for people: what a terminal would obey, and tables. */
#include "unit/unit.h"

#include "base/util.h"
#include "ctl/text.h"
#include "ctl/text_table.h"

static char out[4096];

static void read_back(FILE *file)
{
    size_t n;

    rewind(file);
    n = fread(out, 1, sizeof(out) - 1, file);
    out[n] = '\0';
    fclose(file);
}

static const struct {
    const char *text;
    const char *safe;
} texts[] = {
    {"plain \303\244", "plain \303\244"},
    {"a\tb\n", "a\\tb\\n"},
    {"\x1b[2J", "\\x1b[2J"},
    {"\x7f", "\\x7f"},
    {"\302\233J", "\\xc2\\x9bJ"},
    {"a\342\200\256b", "a\\xe2\\x80\\xaeb"},
    {"\342\202\254", "\342\202\254"},
    {"cut\342\200", "cut\\xe2\\x80"},
    {"\302", "\\xc2"},
    {"\330\234", "\\xd8\\x9c"},
    {"\233J", "\\x9bJ"},
};

static void what_a_terminal_would_obey_is_shown(void **state)
{
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(texts); i++) {
        cleanup_free char *safe = text_safe(texts[i].text);

        assert_string_equal(safe, texts[i].safe);
    }
}

static void columns_are_as_wide_as_their_widest_cell(void **state)
{
    static const char *const heads[] = {"A", "B", NULL};
    cleanup_text_table struct text_table table;
    FILE *file = tmpfile();

    (void) state;
    text_table_init(&table, heads);
    text_table_add(&table, TEXT_PLAIN, "\303\244\303\244\303\244");
    text_table_add(&table, TEXT_BAD, "x");
    text_table_add(&table, TEXT_PLAIN, NULL);
    text_table_add(&table, TEXT_PLAIN, "y");
    text_table_print(&table, file, false);
    read_back(file);
    assert_string_equal(out, "A    B\n\303\244\303\244\303\244  x\n-    y\n");
    file = tmpfile();
    text_table_print(&table, file, true);
    read_back(file);
    assert_non_null(strstr(out, "\x1b[31mx\x1b[0m\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_terminal_would_obey_is_shown),
        cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
