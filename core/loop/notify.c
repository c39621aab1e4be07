/* SPDX-License-Identifier: ISC */
/* The service manager's notification socket. */
#include "loop/notify.h"

#include "base/util.h"

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
