/* SPDX-License-Identifier: ISC */
/*
 * ccmctl plan, apply and history. ccm-runner writes its output directly to our
 * standard output; the daemon only passes the descriptor on. With --objects
 * there is no daemon: we become the runner.
 */
#include "ctl.h"

#include "base/json.h"
#include "base/util.h"
#include "config/config.h"
#include "ctl/text.h"

#include <errno.h>

#define ARGUMENTS_MAX 256

static const char *plan_format(const struct ctl *ctl)
{
    if (ctl->json)
        return "json";
    return ctl->colour ? "colour" : "text";
}

static int plan_check_words(struct ctl *ctl)
{
    if (ctl->options.seen & OPTION_ALL && ctl->n_words > 0)
        return ctl_fail(ctl, CCM_EXIT_USAGE,
                        "--all and a TYPE exclude each other");
    return CCM_EXIT_DONE;
}

/* -------------------------------------------------------- without a daemon */

struct arguments {
    const char *list[ARGUMENTS_MAX + 1];
    int n;
};

static void plan_add(struct arguments *arguments, const char *name,
                     const char *value)
{
    if (!value || arguments->n + 2 > ARGUMENTS_MAX)
        return;
    if (name)
        arguments->list[arguments->n++] = name;
    arguments->list[arguments->n++] = value;
}

int ctl_runner(struct ctl *ctl, char **runner, const char **file)
{
    const char *wanted = ctl_config_file(ctl);
    struct config *config;

    *file = NULL;
    *runner = NULL;
    if (!ctl->options.config && access(wanted, F_OK) < 0) {
        *runner = strdup(CCM_LIBEXECDIR "/ccm-runner");
        return CCM_EXIT_DONE;
    }
    if (config_load(wanted, &config, &ctl->error) < 0)
        return CCM_EXIT_FAILED;
    *file = wanted;
    *runner = strdup(config->runner);
    config_free(config);
    return CCM_EXIT_DONE;
}

static int plan_alone(struct ctl *ctl)
{
    struct arguments arguments = {.n = 0};
    cleanup_free char *runner = NULL;
    const char *file;
    int i, status = ctl_runner(ctl, &runner, &file);

    if (status != CCM_EXIT_DONE)
        return status;
    if (ctl->n_words > ARGUMENTS_MAX / 2)
        return ctl_fail(ctl, CCM_EXIT_USAGE, "too many types");
    plan_add(&arguments, NULL, runner);
    plan_add(&arguments, "-c", file);
    plan_add(&arguments, NULL, "plan");
    plan_add(&arguments, "--objects", ctl->options.objects);
    plan_add(&arguments, "--modules", ctl->options.modules);
    plan_add(&arguments, "--root", ctl->options.root);
    plan_add(&arguments, NULL, ctl->json ? "--json" : "--text");
    if (ctl->colour && !ctl->json)
        plan_add(&arguments, NULL, "--colour");
    if (ctl->options.seen & OPTION_EXIT_CODE)
        plan_add(&arguments, NULL, "--exit-code");
    for (i = 0; i < ctl->n_words; i++)
        plan_add(&arguments, NULL, ctl->words[i]);
    execv(runner, (char *const *) arguments.list);
    return ctl_fail(ctl, CCM_EXIT_FAILED,
                    "%s: %m; set runner = \"...\" in ccm.conf", runner);
}

/* ------------------------------------------------------------- by the daemon
 */

int command_plan(struct ctl *ctl)
{
    json_auto_t *result = NULL;
    json_t *fields;
    int status = plan_check_words(ctl);

    if (status != CCM_EXIT_DONE)
        return status;
    if (ctl->options.objects)
        return plan_alone(ctl);
    if (ctl->options.seen & (OPTION_MODULES | OPTION_ROOT))
        return ctl_fail(ctl, CCM_EXIT_USAGE,
                        "--modules and --root need --objects DIR");
    fields = json_pack("{s:o, s:s}", "types", ctl_words(ctl), "format",
                       plan_format(ctl));
    fflush(ctl->out);
    status = ctl_ask(ctl, "plan", fields, fileno(ctl->out), &result);
    if (status == CCM_EXIT_DONE && ctl->options.seen & OPTION_EXIT_CODE &&
        json_bool_or(result, "changes", false))
        return CCM_EXIT_CHANGES;
    return status;
}

int command_apply(struct ctl *ctl)
{
    bool allow = ctl->options.seen & OPTION_ALLOW_REMOVALS;
    json_auto_t *result = NULL;
    cleanup_free char *revision = NULL;
    int64_t changes;
    int status = plan_check_words(ctl);

    if (status != CCM_EXIT_DONE)
        return status;
    status =
        ctl_ask(ctl, "apply",
                json_pack("{s:o, s:b, s:s*}", "types", ctl_words(ctl),
                          "allow_removals", allow, "plan", ctl->options.plan),
                -1, &result);
    if (status != CCM_EXIT_DONE)
        return status;
    if (ctl->json)
        return ctl_print_json(ctl, result);
    revision = ctl_text(result, "revision");
    changes = json_integer_or(result, "changes", 0);
    if (streq(json_string_or(result, "outcome", ""), "in-sync"))
        text_line(ctl->out, "in sync at revision %s: nothing to change",
                  revision);
    else
        text_line(ctl->out, "applied %lld change%s at revision %s",
                  (long long) changes, CTL_PLURAL(changes), revision);
    return CCM_EXIT_DONE;
}

int command_history(struct ctl *ctl)
{
    json_t *fields = json_pack("{s:s}", "format", ctl->json ? "json" : "text");
    json_auto_t *result = NULL;
    long long limit;

    if (ctl->options.limit) {
        if (options_number(ctl->options.limit, "--limit", &limit, &ctl->error) <
            0) {
            json_decref(fields);
            return CCM_EXIT_USAGE;
        }
        json_object_set_new(fields, "limit", json_integer(limit));
    }
    if (ctl->n_words > 0)
        json_object_set_new(fields, "id", json_text(ctl->words[0]));
    fflush(ctl->out);
    return ctl_ask(ctl, "history", fields, fileno(ctl->out), &result);
}
