/* SPDX-License-Identifier: ISC */
/* Starting `ccm-runner recover`, and what it says. */
#include "rollout/recovery.h"

#include "base/json.h"
#include "base/log.h"
#include "base/util.h"
#include "loop/child.h"

#define RECOVERY_LINE_MAX 65536

/* A line is for people, or an object that names what was under way. */
static void recovery_line(void *userdata, const char *line, size_t size)
{
    struct recovery *recovery = userdata;
    json_t *found = NULL;

    if (*line == '{' &&
        json_parse(line, size, RECOVERY_LINE_MAX, &found, NULL) == 0) {
        json_decref(recovery->found);
        recovery->found = found;
    } else if (!streq(line, "nothing")) {
        log_warning("recover: %.*s", (int) size, line);
    }
}

static void recovery_ended(void *userdata, int status, const char *why)
{
    struct recovery *recovery = userdata;

    recovery->ended(recovery->userdata, status, why);
}

static const struct child_ops recovery_ops = {
    .line = recovery_line,
    .ended = recovery_ended,
};

int recovery_start(struct recovery *recovery, struct error *err)
{
    const struct config *config = recovery->config;
    const char *argv[] = {
        config->runner, "-c",      config->file, "--config-digest",
        config->digest, "recover", NULL};
    struct child_spec spec = {.argv = argv,
                              .output_fd = -1,
                              .keep_errors = true,
                              .limit_ms = config->run_timeout_ms};
    struct child *child;

    return child_start(recovery->loop, &spec, &recovery_ops, recovery, &child,
                       err);
}

void recovery_init(struct recovery *recovery, struct loop *loop,
                   const struct config *config, recovery_fn ended,
                   void *userdata)
{
    *recovery = (struct recovery){
        .loop = loop, .config = config, .ended = ended, .userdata = userdata};
}

void recovery_done(struct recovery *recovery)
{
    json_decref(recovery->found);
    recovery->found = NULL;
}
