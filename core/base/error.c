/* SPDX-License-Identifier: ISC */
/* The error text that travels up beside a return code. */
#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *err, int code, const char *format, ...)
{
    va_list args;

    if (!err)
        return code;
    va_start(args, format);
    vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    return code;
}

int error_errno(struct error *err, int code, const char *format, ...)
{
    size_t used;
    va_list args;

    if (!err)
        return code;
    va_start(args, format);
    vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof(err->text) - used, ": %s",
             strerror(-code));
    return code;
}

int error_prefix(struct error *err, int code, const char *format, ...)
{
    struct error old;
    size_t used;
    va_list args;

    if (!err)
        return code;
    old = *err;
    va_start(args, format);
    vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof(err->text) - used, ": %s", old.text);
    return code;
}

bool error_is_machine(int code)
{
    return code == -ENOSPC || code == -EDQUOT || code == -EROFS ||
           code == -ENOMEM || code == -EMFILE || code == -ENFILE;
}
