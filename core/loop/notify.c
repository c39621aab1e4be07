/* SPDX-License-Identifier: ISC */
/* The service manager's notification socket. */
#include "loop/notify.h"

#include "base/util.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

void notify_send(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    cleanup_close int fd = -1;
    size_t size = path ? strlen(path) : 0;

    if (size < 2 || size >= sizeof(address.sun_path) ||
        (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(address.sun_path, path, size);
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *) &address,
           (socklen_t) (offsetof(struct sockaddr_un, sun_path) + size));
}

/* A whole number above 0 from the environment; 0 if it is not there or is
 * something else. */
static long long notify_number(const char *name)
{
    const char *text = getenv(name);
    char *end;
    long long number;

    if (!text || text[0] < '0' || text[0] > '9')
        return 0;
    errno = 0;
    number = strtoll(text, &end, 10);
    return *end == '\0' && errno == 0 ? number : 0;
}

int64_t notify_watchdog_ms(void)
{
    long long limit_us = notify_number("WATCHDOG_USEC");

    if (getenv("WATCHDOG_PID") && notify_number("WATCHDOG_PID") != getpid())
        return 0;
    if (limit_us == 0 || !getenv("NOTIFY_SOCKET"))
        return 0;
    return limit_us < 2000 ? 1 : limit_us / 2000;
}
