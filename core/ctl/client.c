/* SPDX-License-Identifier: ISC */
/*
 * The client's side of core/control/control.h: one connection, one request,
 * progress lines, one answer. An interruption closes the connection, which
 * makes the daemon cancel the request unless it has begun; nothing else is
 * needed.
 */
#include "ctl.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/util.h"
#include "config/config.h"
#include "ctl/text.h"

#include <errno.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#define DOCUMENT_BYTES_MAX (INT64_C(1) << 30)
#define SILENCE_S 5

const char *ctl_config_file(const struct ctl *ctl)
{
    return ctl->options.config ? ctl->options.config : CONFIG_DEFAULT_FILE;
}

static int client_refused(struct ctl *ctl, const char *path, int code)
{
    if (code == -ENOENT || code == -ECONNREFUSED)
        return ctl_fail(ctl, CCM_EXIT_NO_DAEMON,
                        "no daemon at %s; start it: systemctl start ccmd, or: "
                        "ccmd -c %s",
                        path, ctl_config_file(ctl));
    if (code == -EACCES)
        return ctl_fail(ctl, CCM_EXIT_FAILED,
                        "%s: permission denied; run this as root, or as the "
                        "user that runs ccmd",
                        path);
    return ctl_fail(ctl, CCM_EXIT_FAILED, "%s: %s", path, strerror(-code));
}

static int client_socket_path(struct ctl *ctl, struct sockaddr_un *address)
{
    cleanup_free char *configured = NULL;
    const char *path = ctl->options.socket;

    if (!path) {
        if (config_load_socket(ctl_config_file(ctl), &configured, &ctl->error) <
            0)
            return CCM_EXIT_FAILED;
        path = configured;
    }
    if (strlen(path) >= sizeof(address->sun_path))
        return ctl_fail(ctl, CCM_EXIT_USAGE,
                        "%s is longer than a socket's path may be", path);
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(address->sun_path, path, strlen(path) + 1);
    return CCM_EXIT_DONE;
}

static void client_tell_silence(struct ctl *ctl)
{
    if (!ctl->silence_told)
        text_line(ctl->err, "no answer from ccmd yet; waiting (Ctrl-C to give "
                            "up; log: journalctl -u ccmd)");
    fflush(ctl->err);
    ctl->silence_told = true;
}

/* An answer may take any time, but the user should know when not even its first
 * byte has arrived. */
static void client_await(struct ctl *ctl, int fd)
{
    struct pollfd what = {.fd = fd, .events = POLLIN};

    if (!ctl->silence_told && poll(&what, 1, SILENCE_S * 1000) == 0)
        client_tell_silence(ctl);
}

/* connect(2) and sendmsg(2) sleep while the daemon accepts nothing. They give
 * up with EAGAIN after that time and are called again. */
static int client_connect_to(struct ctl *ctl, int fd,
                             const struct sockaddr_un *address)
{
    struct timeval limit = {.tv_sec = SILENCE_S};

    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    while (connect(fd, (const struct sockaddr *) address, sizeof(*address)) <
           0) {
        if (errno != EAGAIN && errno != EINTR)
            return -errno;
        if (errno == EAGAIN)
            client_tell_silence(ctl);
    }
    return 0;
}

static int client_connect(struct ctl *ctl, int *out)
{
    cleanup_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address;
    int status = client_socket_path(ctl, &address);
    int r;

    if (status != CCM_EXIT_DONE)
        return status;
    r = fd < 0 ? -errno : client_connect_to(ctl, fd, &address);
    if (r < 0)
        return client_refused(ctl, address.sun_path, r);
    *out = steal_fd(&fd);
    return CCM_EXIT_DONE;
}

/* The first bytes carry the descriptor, if there is one. Returns what
 * sendmsg(2) does. */
static ssize_t client_send_some(int socket_fd, const char *bytes, size_t size,
                                int fd)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {.bytes = {0}};
    struct iovec part = {(void *) bytes, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (fd >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof(control.bytes);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
    }
    return sendmsg(socket_fd, &message, MSG_NOSIGNAL);
}

/* A daemon that closes the connection early may have said why, so its answer is
 * still read. */
static int client_send(struct ctl *ctl, int socket_fd, const json_t *request,
                       int fd)
{
    cleanup_free char *line = json_line(request);
    size_t size = strlen(line), sent = 0;

    line[size++] = '\n'; /* replaces the NUL; size marks the end */
    if (size > PROTOCOL_LINE_MAX)
        return ctl_fail(ctl, CCM_EXIT_FAILED,
                        "the request has %zu bytes; the limit is %d", size,
                        PROTOCOL_LINE_MAX);
    while (sent < size) {
        ssize_t n = client_send_some(socket_fd, line + sent, size - sent,
                                     sent == 0 ? fd : -1);

        if (n < 0 && errno == EAGAIN)
            client_tell_silence(ctl);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
            break;
        if (n < 0)
            return ctl_fail(ctl, CCM_EXIT_FAILED, "asking ccmd: %m");
        sent += (size_t) n;
    }
    return CCM_EXIT_DONE;
}

/* ------------------------------------------------------------------- answers
 */

static int client_status_of(const json_t *answer)
{
    int64_t status = json_integer_or(answer, "exit", CCM_EXIT_FAILED);

    return status > CCM_EXIT_DONE && status <= CCM_EXIT_NO_DAEMON
               ? (int) status
               : CCM_EXIT_FAILED;
}

/* Takes one line. Sets *last if it is the answer; otherwise it is progress. */
static int client_take(struct ctl *ctl, const char *line, size_t size,
                       json_t **result, bool *last)
{
    json_auto_t *answer = NULL;
    const char *progress;
    json_t *given;

    if (json_parse(line, size, PROTOCOL_LINE_MAX, &answer, &ctl->error) < 0) {
        error_prefix(&ctl->error, 0, "the answer of ccmd");
        return CCM_EXIT_FAILED;
    }
    progress = json_string_or(answer, "progress", NULL);
    if (progress) {
        text_line(ctl->err, "%s", progress);
        return CCM_EXIT_DONE;
    }
    *last = true;
    if (!json_bool_or(answer, "ok", false))
        return ctl_fail(ctl, client_status_of(answer), "%s",
                        json_string_or(answer, "error",
                                       "ccmd refused without giving a reason"));
    given = json_object_get(answer, "result");
    if (!json_is_object(given))
        return ctl_fail(ctl, CCM_EXIT_FAILED, "ccmd answered without a result");
    *result = json_incref(given);
    return CCM_EXIT_DONE;
}

static int client_read(struct ctl *ctl, int fd, struct buf *buf)
{
    char bytes[65536];
    ssize_t n;

    do
        n = recv(fd, bytes, sizeof(bytes), 0);
    while (n < 0 && errno == EINTR);
    if (n == 0 || (n < 0 && errno == ECONNRESET))
        return ctl_fail(ctl, CCM_EXIT_FAILED,
                        "ccmd closed the connection before it answered; see "
                        "its log: journalctl -u ccmd");
    if (n < 0)
        return ctl_fail(ctl, CCM_EXIT_FAILED, "reading from ccmd: %m");
    buf_add(buf, bytes, (size_t) n);
    return CCM_EXIT_DONE;
}

static int client_answer(struct ctl *ctl, int fd, json_t **result)
{
    cleanup_buf struct buf buf = BUF_INIT;
    size_t looked = 0;
    bool last = false;
    int status;

    client_await(ctl, fd);
    for (;;) {
        const char *end = buf.size > looked ? memchr(buf.data + looked, '\n',
                                                     buf.size - looked)
                                            : NULL;

        looked = buf.size;
        if (end) {
            size_t size = (size_t) (end - buf.data);

            status = client_take(ctl, buf.data, size, result, &last);
            buf_shift(&buf, size + 1);
            looked = 0;
        } else if (buf.size > PROTOCOL_LINE_MAX) {
            status = ctl_fail(ctl, CCM_EXIT_FAILED,
                              "the answer of ccmd exceeds %d bytes",
                              PROTOCOL_LINE_MAX);
        } else {
            status = client_read(ctl, fd, &buf);
        }
        if (status != CCM_EXIT_DONE || last)
            return status;
    }
}

int ctl_ask(struct ctl *ctl, const char *op, json_t *fields, int fd,
            json_t **result)
{
    json_auto_t *request = fields ? fields : json_object();
    cleanup_close int socket_fd = -1;
    int status = client_connect(ctl, &socket_fd);

    json_object_set_new(request, "op", json_string(op));
    if (status == CCM_EXIT_DONE)
        status = client_send(ctl, socket_fd, request, fd);
    if (status == CCM_EXIT_DONE)
        status = client_answer(ctl, socket_fd, result);
    return status;
}

/* ----------------------------------------------------------------- documents
 */

static int client_parse(struct ctl *ctl, int fd, json_t **document)
{
    struct stat st;
    void *bytes;
    int r;

    if (fstat(fd, &st) < 0 || st.st_size > DOCUMENT_BYTES_MAX)
        return ctl_fail(ctl, CCM_EXIT_FAILED,
                        "the output of ccm-runner is too large");
    if (st.st_size == 0)
        return ctl_fail(ctl, CCM_EXIT_FAILED, "ccm-runner printed nothing");
    bytes = mmap(NULL, (size_t) st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return ctl_fail(ctl, CCM_EXIT_FAILED, "a memory file: %m");
    r = json_parse(bytes, (size_t) st.st_size, DOCUMENT_BYTES_MAX, document,
                   &ctl->error);
    munmap(bytes, (size_t) st.st_size);
    if (r < 0)
        error_prefix(&ctl->error, 0, "the output of ccm-runner");
    return r < 0 ? CCM_EXIT_FAILED : CCM_EXIT_DONE;
}

int ctl_ask_document(struct ctl *ctl, const char *op, json_t *fields,
                     json_t **document)
{
    cleanup_close int fd = memfd_create("ccmctl", MFD_CLOEXEC);
    json_auto_t *result = NULL;
    int status;

    if (fd < 0) {
        json_decref(fields);
        return ctl_fail(ctl, CCM_EXIT_FAILED, "a memory file: %m");
    }
    status = ctl_ask(ctl, op, fields, fd, &result);
    return status == CCM_EXIT_DONE ? client_parse(ctl, fd, document) : status;
}
