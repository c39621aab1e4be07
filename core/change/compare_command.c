/* SPDX-License-Identifier: ISC */
/*
 * Is a command to be run? Its probe, which changes nothing, says so, in
 * previews as in runs. Without one, it depends on whether anything of its
 * configuration changes.
 */
#include "change/compare_internal.h"

#include "base/alloc.h"
#include "base/util.h"
#include "change/fault.h"
#include "command/command.h"

#include <errno.h>

#define PROBE_NOTHING 0
#define PROBE_CHANGES 1

/* What the probe printed is shown with the command. */
static void compare_keep_probe(struct delta *d, struct buf *output)
{
    while (output->size > 0 &&
           strchr("\r\n \t", output->data[output->size - 1]))
        output->data[--output->size] = '\0';
    d->detail = output->size > 0 ? xstrdup(buf_text(output)) : NULL;
}

static int compare_probe(struct compare *cmp, const struct change *c)
{
    struct command_spec spec = {.argv = c->probe,
                                .user = c->user,
                                .directory = c->directory,
                                .root = cmp->root,
                                .timeout_ms = (int64_t) c->timeout_s * 1000,
                                .env = c->env,
                                .input = c->input,
                                .input_size = c->input ? strlen(c->input) : 0};
    struct command_result result;
    struct error why;
    int r = FAULT("compare-probe");

    if (r < 0)
        return error_errno(cmp->err, r, "its probe");
    r = command_run(&spec, &result, &why);
    if (r < 0 && !(result.started && !result.timed_out &&
                   result.status == PROBE_CHANGES))
        error_set(cmp->err, r, "its probe %s: %s", c->probe[0], why.text);
    else
        r = result.status == PROBE_CHANGES ? 1 : 0;
    if (r > 0)
        compare_keep_probe(compare_add(cmp, c, DELTA_RUN), &result.output);
    command_result_done(&result);
    return r < 0 ? r : 0;
}

int compare_command(struct compare *cmp, const struct change *c)
{
    if (c->probe)
        return compare_probe(cmp, c);
    if (c->always || cmp->changed[c->configuration])
        compare_add(cmp, c, DELTA_RUN);
    return 0;
}
