/* SPDX-License-Identifier: ISC */
/* Acts that end plan(), each in another way. */
#include "hostile.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

int act_return(struct ccm_run *run)
{
    (void) run;
    return -7;
}

int act_crash(struct ccm_run *run)
{
    (void) run;
    raise(SIGSEGV);
    return 0;
}

/* Sanitizers would stop it before it has done any harm. */
__attribute__((no_sanitize("address"))) int act_stray(struct ccm_run *run)
{
    volatile char *stray = (volatile char *) run;
    size_t i;

    for (i = 0; i < 64 * 1024 * 1024; i++)
        stray[i] = 0x55;
    return 0;
}

int act_abort(struct ccm_run *run)
{
    (void) run;
    fputs("the flux is uncoupled\n", stderr);
    abort();
}

int act_spin(struct ccm_run *run)
{
    volatile bool forever = true;

    (void) run;
    while (forever)
        ;
    return 0;
}

int act_exit(struct ccm_run *run)
{
    (void) run;
    exit(3);
}

/* EX_SOFTWARE of sysexits.h. */
int act_exit_70(struct ccm_run *run)
{
    (void) run;
    _exit(70);
}

int act_kill_self(struct ccm_run *run)
{
    (void) run;
    raise(SIGKILL);
    return 0;
}
