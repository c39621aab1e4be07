/* SPDX-License-Identifier: ISC */
/* One connection to the control socket: a request in, answers out. */
#include "control/connection.h"

#include "base/alloc.h"
#include "base/json.h"
#include "base/util.h"
#include "store/txn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/socket.h>

#define REQUEST_BYTES_MAX PROTOCOL_LINE_MAX

/* ----------------------------------------------------------------- answers */

static void connection_line(struct connection *connection, const char *text)
{
    buf_puts(&connection->output, text);
    buf_putc(&connection->output, '\n');
    io_set_events(&connection->io, IO_READ | IO_WRITE);
}

static void connection_drop_input(struct connection *connection)
{
    size_t size = connection->input.capacity;

    connection->large += size;
    buf_done(&connection->input);
    alloc_give_back(size);
}

/* Takes line. */
static void connection_answer(struct connection *connection, json_t *line)
{
    cleanup_free char *text = json_line(line);

    json_decref(line);
    connection->answered = true;
    connection->waits = CONNECTION_WAITS_NOT;
    connection_drop_input(connection);
    timer_set(&connection->patience, CONNECTION_ANSWER_MS);
    connection_line(connection, text);
}

void connection_ok(struct connection *connection, json_t *result)
{
    json_t *line = json_pack("{s:b, s:o}", "ok", 1, "result", result);
    size_t size = json_dumpb(line, NULL, 0, JSON_COMPACT);

    if (size < PROTOCOL_LINE_MAX) {
        connection_answer(connection, line);
        return;
    }
    json_decref(line);
    connection_fail(
        connection, CCM_EXIT_FAILED,
        "the answer has %zu bytes; the limit is %d (see LIMITS in ccmd(8))",
        size, PROTOCOL_LINE_MAX);
}

void connection_fail(struct connection *connection, enum ccm_exit status,
                     const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    connection_answer(connection,
                      json_pack("{s:b, s:o, s:i}", "ok", 0, "error",
                                json_text(text), "exit", (int) status));
}

bool connection_check_text(struct connection *connection, const char *field)
{
    size_t size =
        json_string_length(json_object_get(connection->request, field));

    if (size <= CONNECTION_TEXT_MAX)
        return true;
    connection_fail(connection, CCM_EXIT_USAGE,
                    "\"%s\" has %zu bytes; the limit is %d", field, size,
                    CONNECTION_TEXT_MAX);
    return false;
}

void connection_say(struct connection *connection, const char *text)
{
    json_auto_t *line = json_pack("{s:o}", "progress", json_text(text));
    cleanup_free char *shown = json_line(line);

    if (connection->output.size + strlen(shown) <= CONNECTION_OUTPUT_MAX)
        connection_line(connection, shown);
    else /* the client does not read */
        timer_set(&connection->patience, 0);
}

/* What an error says about the fate of the request. */
static const char *connection_meaning(const struct connection *connection,
                                      int r)
{
    if (r == -EINVAL || r == -EPERM || r == -ENOENT || r == -ECONNREFUSED)
        return "nothing was changed";
    if (r == -EMSGSIZE)
        return "there is more below these keys than ccmd reads (see LIMITS in "
               "ccmd(8)); delete keys that do not belong there";
    if (!connection->changes)
        return "nothing was changed; try again later";
    return "the request may have been carried out; check before you repeat it";
}

static void connection_on_reply(void *userdata, const struct store_reply *reply,
                                int r, const struct error *err)
{
    struct connection *connection = userdata;

    connection->call = NULL;
    if (r < 0)
        connection_fail(connection, CCM_EXIT_FAILED,
                        "%s does not answer properly: %s; %s",
                        store_where(connection->view->store), err->text,
                        connection_meaning(connection, r));
    else
        connection->then(connection, reply);
}

void connection_commit(struct connection *connection, struct txn *txn,
                       connection_reply_fn then)
{
    connection->then = then;
    connection->changes = !txn_only_reads(txn);
    connection->call = store_commit(connection->view->store, txn,
                                    connection_on_reply, connection);
}

char *connection_who(const struct connection *connection)
{
    return xasprintf("operator (uid %u)", connection->uid);
}

/* ------------------------------------------------------------- connections */

void connection_close(struct connection *connection)
{
    struct connection **link = &connection->control->clients;
    size_t i, size;

    while (*link != connection)
        link = &(*link)->next;
    *link = connection->next;
    connection->control->n_clients--;
    timer_stop(&connection->patience);
    io_stop(&connection->io);
    close(connection->io.fd);
    store_cancel(connection->call);
    for (i = 0; i < ARRAY_SIZE(connection->fds); i++)
        if (connection->fds[i] >= 0)
            close(connection->fds[i]);
    size = connection->large + connection->input.capacity +
           connection->output.capacity;
    json_decref(connection->request);
    buf_done(&connection->input);
    buf_done(&connection->output);
    free(connection);
    alloc_give_back(size);
}

/* The client is gone, and so is its request. A child is waited for, because its
 * end is reported. */
static void connection_hang_up(struct connection *connection)
{
    if (connection->waits == CONNECTION_WAITS_RUN)
        rollout_withdraw(connection->view->rollout, connection->ticket);
    if (!connection->child) {
        connection_close(connection);
        return;
    }
    connection->answered = true;
    io_set_events(&connection->io, 0);
    child_kill(connection->child);
}

/* No request has arrived, or the answer was not read. */
static void connection_impatient(void *userdata)
{
    struct connection *connection = userdata;

    if (connection->request || connection->answered)
        connection_hang_up(connection);
    else
        connection_fail(connection, CCM_EXIT_USAGE,
                        "no request arrived within %d s",
                        CONNECTION_REQUEST_MS / 1000);
}

static void connection_dispatch(struct connection *connection)
{
    struct error err;
    int r = json_parse(connection->input.data, connection->input.size,
                       REQUEST_BYTES_MAX, &connection->request, &err);

    timer_stop(&connection->patience);
    connection_drop_input(connection);
    if (r < 0)
        connection_fail(connection, CCM_EXIT_USAGE,
                        "the request is not JSON: %s", err.text);
    else
        connection->control->dispatch(connection);
}

static void connection_take_fds(struct connection *connection,
                                struct msghdr *message)
{
    struct cmsghdr *part;

    for (part = CMSG_FIRSTHDR(message); part;
         part = CMSG_NXTHDR(message, part)) {
        size_t i, n = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);

        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
            continue;
        for (i = 0; i < n; i++) {
            int fd;

            memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof(fd));
            if (i < ARRAY_SIZE(connection->fds) && connection->fds[i] < 0)
                connection->fds[i] = fd;
            else
                close(fd);
        }
    }
}

static ssize_t connection_receive(struct connection *connection)
{
    char bytes[16384];
    _Alignas(struct cmsghdr) char space[CMSG_SPACE(2 * sizeof(int))];
    struct iovec part = {.iov_base = bytes, .iov_len = sizeof(bytes)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = space,
                             .msg_controllen = sizeof(space)};
    ssize_t n = recvmsg(connection->io.fd, &message, MSG_CMSG_CLOEXEC);

    if (n > 0) {
        connection_take_fds(connection, &message);
        if (!connection->request && !connection->answered)
            buf_add(&connection->input, bytes, (size_t) n);
    }
    return n;
}

static void connection_read(struct connection *connection)
{
    ssize_t n = connection_receive(connection);
    char *end;

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        connection_hang_up(connection);
        return;
    }
    if (connection->request || connection->answered ||
        connection->input.size == 0)
        return;
    end = memchr(connection->input.data, '\n', connection->input.size);
    if (end) {
        connection->input.size = (size_t) (end - connection->input.data);
        connection_dispatch(connection);
    } else if (connection->input.size > REQUEST_BYTES_MAX) {
        connection_fail(connection, CCM_EXIT_USAGE,
                        "the request has more than %d bytes",
                        REQUEST_BYTES_MAX);
    }
}

static void connection_write(struct connection *connection)
{
    ssize_t n = send(connection->io.fd, connection->output.data,
                     connection->output.size, MSG_NOSIGNAL);

    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        connection_hang_up(connection);
        return;
    }
    if (n > 0)
        buf_shift(&connection->output, (size_t) n);
    if (connection->output.size > 0)
        return;
    io_set_events(&connection->io, IO_READ);
    if (connection->answered && !connection->child)
        connection_close(connection);
}

static void connection_ready(void *userdata, short revents)
{
    struct connection *connection = userdata;

    if ((revents & IO_WRITE) && connection->output.size > 0)
        connection_write(connection);
    else
        connection_read(connection);
}

void connection_open(struct control *control, int fd)
{
    struct connection *connection = xcalloc(1, sizeof(*connection));
    struct ucred peer = {0};
    socklen_t size = sizeof(peer);

    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
    *connection = (struct connection){.control = control,
                                      .view = &control->view,
                                      .fds = {-1, -1},
                                      .uid = peer.uid,
                                      .next = control->clients};
    control->clients = connection;
    control->n_clients++;
    io_start(&connection->io, control->view.loop, fd, IO_READ, connection_ready,
             connection);
    timer_init(&connection->patience, control->view.loop, connection_impatient,
               connection);
    timer_set(&connection->patience, CONNECTION_REQUEST_MS);
}
