/* SPDX-License-Identifier: ISC */
/* The control socket: listens and accepts connections. control_ops.c has the
 * table of requests, control_waiters.c the clients that wait for a run. */
#include "control/control.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/json.h"
#include "base/util.h"
#include "control/connection.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* Sends the reason and closes. The input is read first, because closing a
 * socket with unread bytes would drop the answer. */
static void control_refuse(int fd)
{
    char answer[200], ignored[16384];
    int i,
        size =
            snprintf(answer, sizeof(answer),
                     "{\"ok\":false,\"exit\":%d,\"error\":\"ccmd has %d open "
                     "connections, which is the limit; try again later\"}\n",
                     CCM_EXIT_FAILED, CONNECTIONS_MAX);

    for (i = 0; i < 64 && recv(fd, ignored, sizeof(ignored), MSG_DONTWAIT) > 0;
         i++)
        ;
    send(fd, answer, (size_t) size, MSG_NOSIGNAL | MSG_DONTWAIT);
    close(fd);
}

static void control_accept(void *userdata, short revents)
{
    struct control *control = userdata;
    int fd = accept4(control->io.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    (void) revents;
    if (fd >= 0 && control->n_clients >= CONNECTIONS_MAX)
        control_refuse(fd);
    else if (fd >= 0)
        connection_open(control, fd);
}

/* --------------------------------------------------------------- life times */

static bool control_is_answered(const struct sockaddr_un *address)
{
    cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return fd >= 0 && connect(fd, (const struct sockaddr *) address,
                              sizeof(*address)) == 0;
}

/* The socket of an older instance may be removed. Anything that is not a socket
 * is not ours. */
static int control_clear_way(const char *path, struct error *err)
{
    struct stat there;

    if (lstat(path, &there) == 0 && !S_ISSOCK(there.st_mode))
        return error_set(err, -EEXIST,
                         "socket %s: the path exists and is not a socket; "
                         "remove it, or set another socket in ccm.conf",
                         path);
    unlink(path);
    return 0;
}

static int control_listen(const struct sockaddr_un *address, struct error *err)
{
    cleanup_close int fd =
        socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t mask;
    int r;

    if (fd < 0)
        return error_errno(err, -errno, "socket");
    if (control_is_answered(address))
        return error_set(err, -EADDRINUSE,
                         "socket %s: another ccmd answers there; stop it, or "
                         "set another socket in ccm.conf",
                         address->sun_path);
    r = control_clear_way(address->sun_path, err);
    if (r < 0)
        return r;
    mask = umask(0177);
    r = bind(fd, (const struct sockaddr *) address, sizeof(*address)) < 0
            ? -errno
            : 0;
    umask(mask);
    if (r == 0 && listen(fd, 16) < 0)
        r = -errno;
    if (r < 0)
        return error_errno(err, r, "socket %s", address->sun_path);
    return steal_fd(&fd);
}

int control_open(const struct control_view *view, struct control **out,
                 struct error *err)
{
    const char *path = view->config->socket;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    cleanup_free char *folder = xstrdup(path);
    struct control *control;
    char *slash = strrchr(folder, '/');
    int fd, r;

    if (strlen(path) >= sizeof(address.sun_path))
        return error_set(err, -ENAMETOOLONG, "socket %s: longer than %zu bytes",
                         path, sizeof(address.sun_path) - 1);
    memcpy(address.sun_path, path, strlen(path));
    if (slash && slash != folder) {
        *slash = '\0';
        r = io_make_dirs(folder, err);
        if (r < 0)
            return error_prefix(err, r, "socket");
    }
    fd = control_listen(&address, err);
    if (fd < 0)
        return fd;
    control = xcalloc(1, sizeof(*control));
    control->view = *view;
    control->dispatch = control_dispatch;
    control->path = xstrdup(path);
    io_start(&control->io, view->loop, fd, IO_READ, control_accept, control);
    *out = control;
    return 0;
}

void control_close(struct control *control)
{
    if (!control)
        return;
    while (control->clients) {
        control->clients->child = NULL;
        connection_close(control->clients);
    }
    unlink(control->path);
    io_stop(&control->io);
    close(control->io.fd);
    free(control->path);
    free(control);
}
