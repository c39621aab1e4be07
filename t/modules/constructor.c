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

static void __attribute__((constructor)) act(void)
{
    static void (*const acts[])(void) = {crash, quit, close_all};

    acts[CONSTRUCTOR_ACT]();
}

static int plan(struct ccm_run *run)
{
    (void) run;
    return 0;
}

CCM_MODULE(.name = "constructor", .version = "1", .plan = plan);
