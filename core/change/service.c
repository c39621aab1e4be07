/* SPDX-License-Identifier: ISC */
/*
 * Reloads, restarts, tests and checks a service. The commands come from
 * ccm.conf; whoever may write that file may run anything anyway.
 */
#include "change/service.h"

#include "base/clock.h"
#include "command/command.h"

#include <errno.h>
#include <time.h>

/* The pauses between two checks double from the first to the last. */
#define SERVICE_PAUSE_FIRST_MS 50
#define SERVICE_PAUSE_LAST_MS 2000

static int service_run(const struct config_service *service, const char *what,
                       config_argv argv, int64_t timeout_ms, struct error *err)
{
    struct command_spec spec = {.argv = (const char *const *) argv,
                                .timeout_ms = timeout_ms};
    int r = command_run(&spec, NULL, err);

    return r < 0 ? error_prefix(err, r, "service %s: %s", service->name, what)
                 : 0;
}

int service_test(const struct config_service *service, struct error *err)
{
    if (!service->test)
        return 0;
    return service_run(service, "test", service->test, service->timeout_ms,
                       err);
}

int service_tell(const struct config_service *service, bool restart,
                 struct error *err)
{
    return service_run(service, restart ? "restart" : "reload",
                       restart ? service->restart : service->reload,
                       service->timeout_ms, err);
}

static void service_pause(int64_t ms)
{
    struct timespec left = {.tv_sec = ms / 1000,
                            .tv_nsec = ms % 1000 * 1000000};

    while (clock_nanosleep(CLOCK_BOOTTIME, 0, &left, &left) == EINTR)
        ;
}

int service_check(const struct config_service *service, struct error *err)
{
    int64_t deadline = clock_ms() + service->timeout_ms;
    int64_t pause = SERVICE_PAUSE_FIRST_MS, left = service->timeout_ms;
    int tries = 0, r;

    if (!service->check)
        return 0;
    for (;;) {
        r = service_run(service, "check", service->check, left, err);
        tries++;
        if (r == 0 || r == -ENOENT || r == -EACCES)
            return r;
        left = deadline - clock_ms() - pause;
        if (left <= 0)
            return error_prefix(err, r, "after %d tries", tries);
        service_pause(pause);
        pause = pause * 2 > SERVICE_PAUSE_LAST_MS ? SERVICE_PAUSE_LAST_MS
                                                  : pause * 2;
    }
}
