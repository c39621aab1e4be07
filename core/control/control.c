/* SPDX-License-Identifier: ISC */
/*
 * The control socket: which request goes where, and who waits for what. What
 * the requests do is in control_status.c, control_store.c, control_flag.c and
 * control_run.c.
 */
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

static const struct {
    const char *op;
    connection_fn fn;
} control_ops[] = {
    {"status", control_status},
    {"nodes", control_nodes},
    {"queue", control_queue},
    {"module.list", control_module_list},
    {"module.reload", control_module_reload},
    {"plan", control_plan},
    {"apply", control_apply},
    {"publish", control_publish},
    {"object.list", control_object_list},
    {"object.get", control_object_get},
    {"object.put", control_object_put},
    {"object.delete", control_object_delete},
    {"object.import", control_object_import},
    {"flag.show", control_flag_show},
    {"flag.set", control_flag_set},
    {"flag.clear", control_flag_clear},
    {"history", control_history},
};

void control_dispatch(struct connection *connection)
{
    const char *op = json_string_or(connection->request, "op", "");
    size_t i;

    for (i = 0; i < ARRAY_SIZE(control_ops); i++) {
        if (streq(control_ops[i].op, op)) {
            control_ops[i].fn(connection);
            return;
        }
    }
    connection_fail(
        connection, CCM_EXIT_USAGE,
        "ccmd does not know the request \"%s\"; are ccmctl and ccmd "
        "of one version?",
        op);
}

/* Says why and closes. What has come is read before: a socket that is closed
 * over unread bytes takes its last words along. */
static void control_refuse(int fd)
{
    char answer[200], ignored[16384];
    int i, size = snprintf(answer, sizeof(answer),
                           "{\"ok\":false,\"exit\":%d,\"error\":\"ccmd has %d "
                           "connections open, which is the most; try again "
                           "when one of them is done\"}\n",
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

/* ------------------------------------------------------- those who wait */

void control_run_ended(struct control *control, int64_t ticket,
                       const json_t *report)
{
    struct connection *connection;

    for (connection = control->clients; connection;
         connection = connection->next) {
        if (connection->waits != CONNECTION_WAITS_RUN ||
            connection->ticket > ticket)
            continue;
        if (streq(json_string_or(report, "outcome", ""), "failed"))
            connection_fail(
                connection, CCM_EXIT_FAILED,
                "failed at %s%s%s: %s; the flag is up, the other "
                "nodes leave the change alone",
                json_string_or(report, "step", "?"),
                json_string_or(report, "configuration", NULL) ? " of " : "",
                json_string_or(report, "configuration", ""),
                json_string_or(report, "error", "?"));
        else
            connection_ok(connection, json_deep_copy(report));
    }
}

void control_progress(struct control *control, const char *text)
{
    struct connection *connection;

    for (connection = control->clients; connection;
         connection = connection->next)
        if (connection->waits == CONNECTION_WAITS_RUN)
            connection_say(connection, text);
}

void control_held(struct control *control, const char *text)
{
    struct connection *connection;

    for (connection = control->clients; connection;
         connection = connection->next)
        if (connection->waits == CONNECTION_WAITS_RUN)
            connection_fail(
                connection, CCM_EXIT_HALTED,
                "held by the flag: %s; it is applied when the flag is "
                "lifted (ccmctl flag clear)",
                text);
}

void control_reloaded(struct control *control, const json_t *differences,
                      const char *why)
{
    struct connection *connection;

    for (connection = control->clients; connection;
         connection = connection->next) {
        json_t *result;

        if (connection->waits != CONNECTION_WAITS_RELOAD)
            continue;
        if (why) {
            connection_fail(
                connection, CCM_EXIT_FAILED,
                "%s; nothing was switched, the old catalog stays in "
                "force",
                why);
            continue;
        }
        result = json_copy(*control->view.catalog);
        json_object_update(result, (json_t *) differences);
        connection_ok(connection, result);
    }
}

/* --------------------------------------------------------------- life times */

static bool control_is_answered(const struct sockaddr_un *address)
{
    cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return fd >= 0 && connect(fd, (const struct sockaddr *) address,
                              sizeof(*address)) == 0;
}

/* An older instance's socket may go; what is none is somebody else's. */
static int control_clear_way(const char *path, struct error *err)
{
    struct stat there;

    if (lstat(path, &there) == 0 && !S_ISSOCK(there.st_mode))
        return error_set(err, -EEXIST,
                         "socket %s: something that is no socket is there; "
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
        return error_set(err, -ENAMETOOLONG, "socket %s: over %zu bytes", path,
                         sizeof(address.sun_path) - 1);
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
