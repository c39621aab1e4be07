/* SPDX-License-Identifier: ISC */
/* Modules that do harm while they are loaded: compiled once for each
 * CONSTRUCTOR_ACT. */
#include <ccm/module.h>

#include <stdlib.h>
#include <unistd.h>

static void crash(void)
{
    abort();
}

static void quit(void)
{
    exit(0);
}

/* Whoever is loaded next into the same process is in trouble. */
static void close_all(void)
{
    int fd;

    for (fd = 3; fd < 4096; fd++)
        close(fd);
}

/* Answers for itself, and for whoever may come next. */
static void answer(void)
{
    static const char lines[] =
        "{\"name\":\"forged\",\"version\":\"1\",\"summary\":\"\","
        "\"subscribes\":[],\"depends\":[],\"after\":[]}\n"
        "{\"name\":\"ok\",\"version\":\"1.0\",\"summary\":\"\","
        "\"subscribes\":[\"secrets\"],\"depends\":[],\"after\":[]}\n";
    int fd;

    for (fd = 3; fd < 4096; fd++)
        if (write(fd, lines, sizeof(lines) - 1) < 0)
            continue;
}

static void __attribute__((constructor)) act(void)
{
    static void (*const acts[])(void) = {crash, quit, close_all, answer};

    acts[CONSTRUCTOR_ACT]();
}

static int plan(struct ccm_run *run)
{
    (void) run;
    return 0;
}

CCM_MODULE(.name = "constructor", .version = "1", .plan = plan);
