/* SPDX-License-Identifier: ISC */
/* The reason why a command fails. */
#include "ctl.h"

#include <stdarg.h>

int ctl_fail(struct ctl *ctl, int status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(ctl->error.text, sizeof(ctl->error.text), format, args);
    va_end(args);
    return status;
}
