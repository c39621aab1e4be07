/* SPDX-License-Identifier: ISC */
/* A table of cases for each syntax. NULL: the text is refused. */
#include "unit/unit.h"

#include "base/util.h"
#include "types/escape.h"

#include <errno.h>

static const struct {
    enum ccm_syntax syntax;
    const char *text, *escaped;
} cases[] = {
    {CCM_SHELL, "", "''"},
    {CCM_SHELL, "a b", "'a b'"},
    {CCM_SHELL, "it's", "'it'\\''s'"},
    {CCM_SHELL, "''", "''\\'''\\'''"},
    {CCM_SHELL, "$(id) `id` \\ \" ; | & * ~ #",
     "'$(id) `id` \\ \" ; | & * ~ #'"},
    {CCM_SHELL, "-rf", "'-rf'"},
    {CCM_SHELL, "two\nlines", "'two\nlines'"},
    {CCM_INI, "", "\"\""},
    {CCM_INI, "a;b #c = d", "\"a;b #c = d\""},
    {CCM_INI, "say \"hi\"", "\"say \\\"hi\\\"\""},
    {CCM_INI, "C:\\", "\"C:\\\\\""},
    {CCM_INI, "\\\"", "\"\\\\\\\"\""},
    {CCM_INI, "5$", "\"5$\""},
    {CCM_INI, "${PATH}", NULL},
    {CCM_INI, "a\nextension = x.so", NULL},
    {CCM_INI, "a\rb", NULL},
    {CCM_INI, "a\x7f", NULL},
    {CCM_NGINX, "", "\"\""},
    {CCM_NGINX, "a; } include /etc/passwd;", "\"a; } include /etc/passwd;\""},
    {CCM_NGINX, "\"", "\"\\\"\""},
    {CCM_NGINX, "\\", "\"\\\\\""},
    {CCM_NGINX, "$uri", NULL},
    {CCM_NGINX, "${uri}", NULL},
    {CCM_NGINX, "a\nb", NULL},
    {CCM_SUDOERS, "/usr/bin/ls", "/usr/bin/ls"},
    {CCM_SUDOERS, "a b", "a\\ b"},
    {CCM_SUDOERS, "a,b:c=d\\", "a\\,b\\:c\\=d\\\\"},
    {CCM_SUDOERS, "*", "\\*"},
    {CCM_SUDOERS, "[a]?", "\\[a\\]\\?"},
    {CCM_SUDOERS, "!x(y)", "\\!x\\(y\\)"},
    {CCM_SUDOERS, "", NULL},
    {CCM_SUDOERS, "\"", NULL},
    {CCM_SUDOERS, "#includedir /tmp", NULL},
    {CCM_SUDOERS, "a\nALL ALL=(ALL) ALL", NULL},
    {CCM_CRONTAB, "echo hi", "echo hi"},
    {CCM_CRONTAB, "date +%F%%", "date +\\%F\\%\\%"},
    {CCM_CRONTAB, "a\tb", "a\tb"},
    {CCM_CRONTAB, "a\\b\\", "a\\b\\"},
    {CCM_CRONTAB, "\\\\%", "\\\\\\%"},
    {CCM_CRONTAB, "\\%", NULL},
    {CCM_CRONTAB, "\\\\\\%", NULL},
    {CCM_CRONTAB, "a\n* * * * * root id", NULL},
    {CCM_CRONTAB, "a\rb", NULL},
    {(enum ccm_syntax) 0, "a", NULL},
    {(enum ccm_syntax) 99, "a", NULL},
};

static void each_text_comes_out_as_data(void **state)
{
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        cleanup_buf struct buf out = BUF_INIT;
        struct error err = {""};
        int r = escape_put(&out, cases[i].syntax, cases[i].text, &err);

        if (cases[i].escaped) {
            assert_int_equal(r, 0);
            assert_string_equal(buf_text(&out), cases[i].escaped);
            continue;
        }
        assert_int_equal(r, -EINVAL);
        assert_int_equal(out.size, 0);
        assert_string_not_equal(err.text, "");
    }
}

/* What cron(8) makes of the command of a line. */
static void cron_reads(const char *line, char *command)
{
    bool escaped = false;

    for (; *line; line++) {
        if (escaped && *line == '%')
            command--;
        else if (!escaped && *line == '%')
            break;
        escaped = !escaped && *line == '\\';
        *command++ = *line;
    }
    *command = '\0';
}

static void cron_gets_the_command_back(void **state)
{
    static const char letters[] = "%\\a";
    char text[8], read[16];
    unsigned n, i, rest;

    (void) state;
    for (n = 0; n < 3 * 3 * 3 * 3 * 3 * 3; n++) {
        cleanup_buf struct buf out = BUF_INIT;

        for (i = 0, rest = n; i < 6; i++, rest /= 3)
            text[i] = letters[rest % 3];
        text[i] = '\0';
        if (escape_put(&out, CCM_CRONTAB, text, NULL) < 0)
            continue;
        cron_reads(buf_text(&out), read);
        assert_string_equal(read, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_text_comes_out_as_data),
        cmocka_unit_test(cron_gets_the_command_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
