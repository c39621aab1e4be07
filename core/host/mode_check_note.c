/* SPDX-License-Identifier: ISC */
/* The output of `ccm-runner check`: findings and notes. */
#include "host/mode_check.h"

#include "base/json.h"

#include <stdarg.h>

static void mode_check_add(json_t *to, const char *format, va_list args)
{
    char text[ERROR_TEXT_MAX];

    vsnprintf(text, sizeof(text), format, args);
    json_array_append_new(to, json_text(text));
}

void mode_check_find(struct mode_check *check, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    mode_check_add(check->findings, format, args);
    va_end(args);
}

void mode_check_note(struct mode_check *check, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    mode_check_add(check->notes, format, args);
    va_end(args);
}
