/* SPDX-License-Identifier: ISC */
/* Acts that declare what cannot be, or more of it than there may be. */
#include "hostile.h"

int act_outside(struct ccm_run *run)
{
    hostile_file(run, "/etc/../outside");
    return 0;
}

int act_inserted(struct ccm_run *run)
{
    hostile_file(run, ccm_path(run, "/home/%s/x", "../root"));
    return 0;
}

int act_newline(struct ccm_run *run)
{
    hostile_file(run, "/a\nb");
    return 0;
}

static int declare_many(struct ccm_run *run, int n)
{
    while (n-- > 0)
        fprintf(hostile_file(run, ccm_path(run, "/many/%d", n)), "%d\n", n);
    return 0;
}

int act_many(struct ccm_run *run)
{
    return declare_many(run, 100000);
}

int act_too_many(struct ccm_run *run)
{
    return declare_many(run, 100001);
}

/* Streams may be closed, given a buffer, or just left. */
int act_streams(struct ccm_run *run)
{
    static char buffer[4096];
    FILE *closed = hostile_file(run, "/closed"),
         *buffered = hostile_file(run, "/kept");

    fputs("closed", closed);
    fclose(closed);
    setvbuf(buffered, buffer, _IOFBF, sizeof(buffer));
    fputs("kept", buffered);
    fprintf(hostile_file(run, "/left"), "%s", "left");
    return 0;
}
