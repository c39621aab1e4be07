/* SPDX-License-Identifier: ISC */
/* The input and output of the declaration's program. */
#include "host/api.h"

#include "base/alloc.h"
#include "base/util.h"
#include "host/program.h"

#include <stdarg.h>

static json_t *api_program_groups(const struct ccm_run *run)
{
    json_t *groups = json_array();
    char *const *name;

    for (name = run->input.groups; name && *name; name++)
        json_array_append_new(groups, json_string(*name));
    return groups;
}

/* Types without a subscription are left out. */
static json_t *api_program_objects(struct ccm_run *run)
{
    const char *const *type = run->input.subscribes;
    json_t *objects = json_object();

    for (; type && *type && api_load(run, *type); type++)
        json_object_set(objects, *type,
                        (json_t *) objects_of(run->input.objects, *type));
    return objects;
}

static char *api_program_input(struct ccm_run *run)
{
    json_auto_t *document = json_pack(
        "{s:i, s:s, s:s, s:o, s:O, s:o}", "version", 1, "configuration",
        run->input.configuration, "node", run->input.node, "groups",
        api_program_groups(run), "settings", run->input.settings, "objects",
        api_program_objects(run));

    return json_dumps(document, JSON_COMPACT | JSON_SORT_KEYS);
}

const char *ccm_program(struct ccm_run *run, size_t *size)
{
    struct program_run *program = run->input.program;
    cleanup_free char *input = NULL;
    struct error err;

    *size = 0;
    if (!run->input.has_program) {
        api_fail(run, "the declaration does not name a program: program = "
                      "\"/path/of/it\";");
        return "";
    }
    if (!program) /* during check() */
        return "";
    input = api_program_input(run);
    if (!input) {
        api_fail(run, "the objects cannot be written as JSON");
        return "";
    }
    if (program_run_talk(program, input, strlen(input), &run->said, &err) < 0) {
        api_fail(run, "program %s %s", program->program->file->path, err.text);
        buf_done(&run->said);
        return "";
    }
    *size = run->said.size;
    return buf_text(&run->said);
}

void ccm_context(struct ccm_run *run, const char *format, ...)
{
    va_list args;

    run->context[0] = '\0';
    if (!format)
        return;
    va_start(args, format);
    vsnprintf(run->context, sizeof(run->context), format, args);
    va_end(args);
}
