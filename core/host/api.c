/* SPDX-License-Identifier: ISC */
/* The run as a module sees it: errors, the log, and who one is. */
#include "host/api.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <stdarg.h>

void api_init(struct ccm_run *run, const struct api_input *input)
{
    *run = (struct ccm_run){
        .input = *input,
        .reasons = json_array(),
        .empty_array = json_array(),
        .empty_object = json_object(),
    };
}

void api_done(struct ccm_run *run)
{
    size_t i;

    api_end_stream(run);
    for (i = 0; i < run->n_items; i++)
        if (run->items[i].content)
            buf_done(&run->items[i].content->bytes);
    free(run->items);
    free(run->rejected.slots);
    json_decref(run->reasons);
    json_decref(run->empty_array);
    json_decref(run->empty_object);
    buf_done(&run->log);
    buf_done(&run->said);
    arena_done(&run->arena);
    *run = (struct ccm_run){0};
}

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
                 "fails, and gives an empty reason");
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
               run->log_full ? "(more was logged; it is left out)" : line);
}

int api_call(struct ccm_run *run, int (*function)(struct ccm_run *run),
             const char *name, struct error *err)
{
    int returned = function(run);

    if (run->failed)
        return error_set(err, -EINVAL, "%s", run->failure.text);
    if (returned != 0)
        return error_set(err, -EINVAL,
                         "%s() returned %d and gave no reason "
                         "(ccm_fail)",
                         name, returned);
    return 0;
}

const json_t *ccm_settings(struct ccm_run *run)
{
    return run->input.settings;
}

const char *ccm_configuration(struct ccm_run *run)
{
    return run->input.configuration;
}

const char *ccm_node(struct ccm_run *run)
{
    return run->input.node;
}

bool ccm_in_group(struct ccm_run *run, const char *group)
{
    char *const *name;

    for (name = run->input.groups; name && *name; name++)
        if (streq(*name, group))
            return true;
    return false;
}
