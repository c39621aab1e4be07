/* SPDX-License-Identifier: ISC */
/* ccm_path: printf for paths. Few conversions are supported, because a
 * conversion that is not understood here cannot be checked either. */
#include "host/api.h"

#include "base/path.h"
#include "base/util.h"

#include <errno.h>
#include <stdarg.h>

enum path_kind {
    PATH_UNKNOWN,
    PATH_PERCENT,
    PATH_STRING,
    PATH_INT,
    PATH_UINT,
    PATH_LONG,
    PATH_ULONG,
    PATH_LLONG,
    PATH_ULLONG,
};

static const struct {
    const char *text;
    enum path_kind kind;
} conversions[] = {
    {"%", PATH_PERCENT}, {"s", PATH_STRING},  {"d", PATH_INT},
    {"i", PATH_INT},     {"u", PATH_UINT},    {"ld", PATH_LONG},
    {"lu", PATH_ULONG},  {"lld", PATH_LLONG}, {"llu", PATH_ULLONG},
};

static enum path_kind api_path_kind(const char *text, size_t *size)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(conversions); i++) {
        if (!after_prefix(text, conversions[i].text))
            continue;
        *size = strlen(conversions[i].text);
        return conversions[i].kind;
    }
    return PATH_UNKNOWN;
}

static int api_path_insert(struct buf *path, const char *text,
                           struct error *err)
{
    struct error why;

    if (!text)
        return error_set(err, -EINVAL, "an inserted string is NULL");
    if (path_check_name(text, &why) < 0)
        return error_set(err, -EINVAL, "the inserted \"%.80s\" %s", text,
                         why.text);
    buf_puts(path, text);
    return 0;
}

/* args is passed by address: each conversion takes its own from it. */
static int api_path_convert(struct buf *path, enum path_kind kind,
                            va_list *args, struct error *err)
{
    switch (kind) {
    case PATH_PERCENT:
        buf_putc(path, '%');
        return 0;
    case PATH_STRING:
        return api_path_insert(path, va_arg(*args, const char *), err);
    case PATH_INT:
        buf_printf(path, "%d", va_arg(*args, int));
        return 0;
    case PATH_UINT:
        buf_printf(path, "%u", va_arg(*args, unsigned));
        return 0;
    case PATH_LONG:
        buf_printf(path, "%ld", va_arg(*args, long));
        return 0;
    case PATH_ULONG:
        buf_printf(path, "%lu", va_arg(*args, unsigned long));
        return 0;
    case PATH_LLONG:
        buf_printf(path, "%lld", va_arg(*args, long long));
        return 0;
    case PATH_ULLONG:
        buf_printf(path, "%llu", va_arg(*args, unsigned long long));
        return 0;
    default:
        return error_set(err, -EINVAL,
                         "only %%s, %%d, %%i, %%u, %%ld, %%lu, %%lld, %%llu "
                         "and %%%% are allowed");
    }
}

static int api_path_format(struct buf *path, const char *format, va_list *args,
                           struct error *err)
{
    int r = 0;

    while (*format && r == 0) {
        size_t size = strcspn(format, "%");

        buf_add(path, format, size);
        format += size;
        if (*format == '\0')
            break;
        size = 0;
        r = api_path_convert(path, api_path_kind(format + 1, &size), args, err);
        format += 1 + size;
    }
    return r == 0 ? path_check(buf_text(path), err) : r;
}

const char *ccm_path(struct ccm_run *run, const char *format, ...)
{
    cleanup_buf struct buf path = BUF_INIT;
    struct error err;
    va_list args;
    int r;

    va_start(args, format);
    r = api_path_format(&path, format, &args, &err);
    va_end(args);
    if (r == 0)
        return arena_strdup(&run->arena, buf_text(&path));
    api_fail(run, "the path \"%.200s\": %s", format, err.text);
    return "/";
}
