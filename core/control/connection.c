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

static void client_line(struct client *client, const char *text)
{
    buf_puts(&client->output, text);
    buf_putc(&client->output, '\n');
    io_set_events(&client->io, IO_READ | IO_WRITE);
}

static void client_drop_input(struct client *client)
{
    size_t size = client->input.capacity;

    client->large += size;
    buf_done(&client->input);
    alloc_give_back(size);
}

/* Takes line. */
static void client_answer(struct client *client, json_t *line)
{
    cleanup_free char *text = json_line(line);

    json_decref(line);
    client->answered = true;
    client->waits = CLIENT_WAITS_NOT;
    client_drop_input(client);
    timer_set(&client->patience, CLIENT_ANSWER_MS);
    client_line(client, text);
}

void client_ok(struct client *client, json_t *result)
{
    json_t *line = json_pack("{s:b, s:o}", "ok", 1, "result", result);
    size_t size = json_dumpb(line, NULL, 0, JSON_COMPACT);

    if (size < PROTOCOL_LINE_MAX) {
        client_answer(client, line);
        return;
    }
    json_decref(line);
    client_fail(client, CCM_EXIT_FAILED,
                "the answer has %zu bytes; %d are the most (see LIMITS in "
                "ccmd(8))",
                size, PROTOCOL_LINE_MAX);
}

void client_fail(struct client *client, enum ccm_exit status,
                 const char *format, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    client_answer(client, json_pack("{s:b, s:o, s:i}", "ok", 0, "error",
                                    json_text(text), "exit", (int) status));
}

bool client_check_text(struct client *client, const char *field)
{
    size_t size = json_string_length(json_object_get(client->request, field));

    if (size <= CLIENT_TEXT_MAX)
        return true;
    client_fail(client, CCM_EXIT_USAGE, "\"%s\" has %zu bytes; %d are the most",
                field, size, CLIENT_TEXT_MAX);
    return false;
}

void client_say(struct client *client, const char *text)
{
    json_auto_t *line = json_pack("{s:o}", "progress", json_text(text));
    cleanup_free char *shown = json_line(line);

    if (client->output.size + strlen(shown) <= CLIENT_OUTPUT_MAX)
        client_line(client, shown);
    else /* it does not read */
        timer_set(&client->patience, 0);
}

/* What a reply that is none says of the request. */
static const char *client_meaning(const struct client *client, int r)
{
    if (r == -EINVAL || r == -EPERM || r == -ENOENT || r == -ECONNREFUSED)
        return "nothing was changed";
    if (r == -EMSGSIZE)
        return "there is more below these keys than ccmd reads, see LIMITS in "
               "ccmd(8); remove what does not belong there";
    if (!client->changes)
        return "nothing was changed; try again when it does";
    return "whether it was carried out is open, look before you repeat it";
}

static void client_on_reply(void *userdata, const struct store_reply *reply,
                            int r, const struct error *err)
{
    struct client *client = userdata;

    client->call = NULL;
    if (r < 0)
        client_fail(client, CCM_EXIT_FAILED,
                    "%s does not answer as it should: %s; %s",
                    store_where(client->view->store), err->text,
                    client_meaning(client, r));
    else
        client->then(client, reply);
}

void client_commit(struct client *client, struct txn *txn, client_reply_fn then)
{
    client->then = then;
    client->changes = !txn_only_reads(txn);
    client->call =
        store_commit(client->view->store, txn, client_on_reply, client);
}

char *client_who(const struct client *client)
{
    return xasprintf("operator (uid %u)", client->uid);
}

/* ------------------------------------------------------------- connections */

void client_close(struct client *client)
{
    struct client **link = &client->control->clients;
    size_t i, size;

    while (*link != client)
        link = &(*link)->next;
    *link = client->next;
    client->control->n_clients--;
    timer_stop(&client->patience);
    io_stop(&client->io);
    close(client->io.fd);
    store_cancel(client->call);
    for (i = 0; i < ARRAY_SIZE(client->fds); i++)
        if (client->fds[i] >= 0)
            close(client->fds[i]);
    size = client->large + client->input.capacity + client->output.capacity;
    json_decref(client->request);
    buf_done(&client->input);
    buf_done(&client->output);
    free(client);
    alloc_give_back(size);
}

/* The client is gone: so is what it asked for. A child is waited for, since
 * it tells us when it has ended. */
static void client_hang_up(struct client *client)
{
    if (!client->child) {
        client_close(client);
        return;
    }
    client->answered = true;
    io_set_events(&client->io, 0);
    child_kill(client->child);
}

/* No request has come, or what was said is not taken. */
static void client_impatient(void *userdata)
{
    struct client *client = userdata;

    if (client->request || client->answered)
        client_hang_up(client);
    else
        client_fail(client, CCM_EXIT_USAGE, "no request came within %d s",
                    CLIENT_REQUEST_MS / 1000);
}

static void client_dispatch(struct client *client)
{
    struct error err;
    int r = json_parse(client->input.data, client->input.size,
                       REQUEST_BYTES_MAX, &client->request, &err);

    timer_stop(&client->patience);
    client_drop_input(client);
    if (r < 0)
        client_fail(client, CCM_EXIT_USAGE, "the request is no JSON: %s",
                    err.text);
    else
        control_dispatch(client);
}

static void client_take_fds(struct client *client, struct msghdr *message)
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
            if (i < ARRAY_SIZE(client->fds) && client->fds[i] < 0)
                client->fds[i] = fd;
            else
                close(fd);
        }
    }
}

static ssize_t client_receive(struct client *client)
{
    char bytes[16384];
    _Alignas(struct cmsghdr) char space[CMSG_SPACE(2 * sizeof(int))];
    struct iovec part = {.iov_base = bytes, .iov_len = sizeof(bytes)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = space,
                             .msg_controllen = sizeof(space)};
    ssize_t n = recvmsg(client->io.fd, &message, MSG_CMSG_CLOEXEC);

    if (n > 0) {
        client_take_fds(client, &message);
        if (!client->request && !client->answered)
            buf_add(&client->input, bytes, (size_t) n);
    }
    return n;
}

static void client_read(struct client *client)
{
    ssize_t n = client_receive(client);
    char *end;

    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        client_hang_up(client);
        return;
    }
    if (client->request || client->answered || client->input.size == 0)
        return;
    end = memchr(client->input.data, '\n', client->input.size);
    if (end) {
        client->input.size = (size_t) (end - client->input.data);
        client_dispatch(client);
    } else if (client->input.size > REQUEST_BYTES_MAX) {
        client_fail(client, CCM_EXIT_USAGE,
                    "the request has more than %d bytes", REQUEST_BYTES_MAX);
    }
}

static void client_write(struct client *client)
{
    ssize_t n = send(client->io.fd, client->output.data, client->output.size,
                     MSG_NOSIGNAL);

    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        client_hang_up(client);
        return;
    }
    if (n > 0)
        buf_shift(&client->output, (size_t) n);
    if (client->output.size > 0)
        return;
    io_set_events(&client->io, IO_READ);
    if (client->answered && !client->child)
        client_close(client);
}

static void client_ready(void *userdata, short revents)
{
    struct client *client = userdata;

    if ((revents & IO_WRITE) && client->output.size > 0)
        client_write(client);
    else
        client_read(client);
}

void client_open(struct control *control, int fd)
{
    struct client *client = xcalloc(1, sizeof(*client));
    struct ucred peer = {0};
    socklen_t size = sizeof(peer);

    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
    *client = (struct client){.control = control,
                              .view = &control->view,
                              .fds = {-1, -1},
                              .uid = peer.uid,
                              .next = control->clients};
    control->clients = client;
    control->n_clients++;
    io_start(&client->io, control->view.loop, fd, IO_READ, client_ready,
             client);
    timer_init(&client->patience, control->view.loop, client_impatient, client);
    timer_set(&client->patience, CLIENT_REQUEST_MS);
}
