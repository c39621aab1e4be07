/* SPDX-License-Identifier: ISC */
/* Fault points; installed builds do not contain them. */
#include "change/fault.h"

#ifdef CCM_FAULTS

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

static struct fault_point {
    const char *name;
    unsigned passed;
} points[128];

static unsigned fault_count(const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(points) - 1 && points[i].name; i++)
        if (streq(points[i].name, name))
            break;
    points[i].name = name;
    return ++points[i].passed;
}

static void fault_list(const char *passage)
{
    const char *file = getenv("CCM_FAULT_LIST");
    cleanup_close int fd =
        file ? open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;

    if (fd >= 0)
        dprintf(fd, "%s\n", passage);
}

static int fault_do(const char *what)
{
    if (streq(what, "kill"))
        raise(SIGKILL);
    if (streq(what, "ENOSPC"))
        return -ENOSPC;
    if (streq(what, "EACCES"))
        return -EACCES;
    return -EIO;
}

int fault_hit(const char *name)
{
    cleanup_free char *passage = xasprintf("%s:%u", name, fault_count(name));
    const char *wanted = getenv("CCM_FAULT");
    const char *what = wanted ? after_prefix(wanted, passage) : NULL;

    fault_list(passage);
    return what && *what == ':' ? fault_do(what + 1) : 0;
}

#endif
