/* SPDX-License-Identifier: ISC */
/* The messages of a module: the failure of its run, with the object concerned,
 * and lines for the log. */
#include "host/api.h"

#include "base/util.h"

#include <stdarg.h>

struct ccm_run *api_about(struct ccm_run *run, const json_t *object)
{
    run->about = object;
    return run;
}

void api_about_end(struct ccm_run **run)
{
    (*run)->about = NULL;
}

/* "object crons/17: ", or "" if there is none. */
static void api_name_object(struct ccm_run *run, char *text, size_t size)
{
    const json_t *object;
    const char *type;

    text[0] = '\0';
    if (!run->about)
        return;
    object = api_owner(run, run->about, &type);
    if (object)
        snprintf(text, size, "object %s/%lld: ", type,
                 (long long) json_integer_value(json_object_get(object, "id")));
}

static void api_fail_args(struct ccm_run *run, const char *format, va_list args)
{
    char object[128];
    int size;

    if (run->failed)
        return;
    run->failed = true;
    api_name_object(run, object, sizeof(object));
    size = snprintf(run->failure.text, sizeof(run->failure.text), "%s%s%s",
                    object, run->context, run->context[0] ? ": " : "");
    vsnprintf(run->failure.text + size,
              sizeof(run->failure.text) - (size_t) size, format, args);
    if (!run->failure.text[size])
        snprintf(run->failure.text + size,
                 sizeof(run->failure.text) - (size_t) size,
                 "fails with an empty reason");
}

void api_fail(struct ccm_run *run, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    api_fail_args(run, format, args);
    va_end(args);
}

int ccm_fail(struct ccm_run *run, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    api_fail_args(run, format, args);
    va_end(args);
    return -1;
}

void ccm_log(struct ccm_run *run, const char *format, ...)
{
    char line[1024];
    va_list args;

    if (run->log_full)
        return;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    run->log_full = run->log.size + strlen(line) > API_LOG_MAX;
    buf_printf(&run->log, "%s\n",
               run->log_full ? "(further lines are left out)" : line);
}
