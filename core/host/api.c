/* SPDX-License-Identifier: ISC */
/* The run as a module sees it: its life cycle and its identity. */
#include "host/api.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>

void api_init(struct ccm_run *run, const struct api_input *input)
{
    *run = (struct ccm_run){
        .input = *input,
        .reasons = json_array(),
        .empty_array = json_array(),
        .empty_object = json_object(),
        .referring = json_object(),
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
    json_decref(run->referring);
    buf_done(&run->log);
    buf_done(&run->said);
    arena_done(&run->arena);
    *run = (struct ccm_run){0};
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
