/* SPDX-License-Identifier: ISC */
/*
 * Escapes. Each syntax has a list of special bytes and one way to escape them.
 * Text that cannot be escaped is refused, because attacks on hosting panels use
 * text that is changed or ends its line.
 */
#include "types/escape.h"

#include "base/path.h"
#include "base/util.h"

#include <errno.h>

static int escape_refuse_control(const char *text, struct error *err)
{
    return path_has_control(text)
               ? error_set(err, -EINVAL, "has a control character")
               : 0;
}

/* Puts a backslash before each special byte. */
static void escape_put_with(struct buf *out, const char *text,
                            const char *meaning)
{
    for (; *text; text++) {
        if (strchr(meaning, *text))
            buf_putc(out, '\\');
        buf_putc(out, *text);
    }
}

static void escape_put_quoted(struct buf *out, const char *text)
{
    buf_putc(out, '"');
    escape_put_with(out, text, "\"\\");
    buf_putc(out, '"');
}

/* Inside single quotes, sh takes everything except a single quote literally. */
static int escape_put_shell(struct buf *out, const char *text,
                            struct error *err)
{
    (void) err;
    buf_putc(out, '\'');
    for (; *text; text++)
        if (*text == '\'')
            buf_puts(out, "'\\''");
        else
            buf_putc(out, *text);
    buf_putc(out, '\'');
    return 0;
}

static int escape_put_ini(struct buf *out, const char *text, struct error *err)
{
    int r = escape_refuse_control(text, err);

    if (r == 0 && strstr(text, "${"))
        r = error_set(err, -EINVAL, "has \"${\", which begins a variable");
    if (r == 0)
        escape_put_quoted(out, text);
    return r;
}

static int escape_put_nginx(struct buf *out, const char *text,
                            struct error *err)
{
    int r = escape_refuse_control(text, err);

    if (r == 0 && strchr(text, '$'))
        r = error_set(err, -EINVAL, "has \"$\", which begins a variable");
    if (r == 0)
        escape_put_quoted(out, text);
    return r;
}

/* sudoers(5): these must be escaped in a word, and wildcards match. */
static int escape_put_sudoers(struct buf *out, const char *text,
                              struct error *err)
{
    int r = escape_refuse_control(text, err);

    if (r == 0 && text[strcspn(text, "\"#")])
        r = error_set(err, -EINVAL, "has a double quote or \"#\"");
    if (r == 0 && *text == '\0')
        r = error_set(err, -EINVAL, "is empty");
    if (r == 0)
        escape_put_with(out, text, " !=:,()\\*?[]^$");
    return r;
}

/* cron takes the backslash from "\%" and leaves every other one alone, so a
 * "%" with an odd number of them before it cannot be written. */
static int escape_put_crontab(struct buf *out, const char *text,
                              struct error *err)
{
    const char *c;
    bool odd = false;

    for (c = text; *c; c++) {
        if ((*c > 0 && *c < 0x20 && *c != '\t') || *c == 0x7f)
            return error_set(err, -EINVAL, "has a control character");
        if (*c == '%' && odd)
            return error_set(err, -EINVAL,
                             "has an odd number of backslashes before \"%%\", "
                             "which cron cannot express");
        odd = *c == '\\' && !odd;
    }
    escape_put_with(out, text, "%");
    return 0;
}

int escape_put(struct buf *out, enum ccm_syntax syntax, const char *text,
               struct error *err)
{
    switch (syntax) {
    case CCM_SHELL:
        return escape_put_shell(out, text, err);
    case CCM_INI:
        return escape_put_ini(out, text, err);
    case CCM_NGINX:
        return escape_put_nginx(out, text, err);
    case CCM_SUDOERS:
        return escape_put_sudoers(out, text, err);
    case CCM_CRONTAB:
        return escape_put_crontab(out, text, err);
    }
    return error_set(err, -EINVAL, "syntax %d is unknown", (int) syntax);
}
