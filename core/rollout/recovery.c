/* SPDX-License-Identifier: ISC */
/* Starts `ccm-runner recover` and reads its output. */
#include "rollout/recovery.h"

#include "base/log.h"
#include "base/util.h"
#include "loop/child.h"

static void recovery_line(void *userdata, const char *line, size_t size)
{
    (void) userdata;
    if (!streq(line, "nothing"))
        log_warning("recover: %.*s", (int) size, line);
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
