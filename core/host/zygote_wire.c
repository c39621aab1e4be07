/* SPDX-License-Identifier: ISC */
/* Messages with descriptors, between the runner and its zygote. */
#include "host/zygote.h"

#include "base/util.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define FDS_EACH 200 /* the kernel takes 253 */

union zygote_control {
    char bytes[CMSG_SPACE(FDS_EACH * sizeof(int))];
    struct cmsghdr align;
};

static int zygote_send_one(int fd, struct iovec *bytes, const int *fds,
                           size_t n)
{
    union zygote_control control = {{0}};
    struct msghdr message = {.msg_iov = bytes, .msg_iovlen = 1};
    struct cmsghdr *head;
    ssize_t sent;

    if (n > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(n * sizeof(int));
        head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(n * sizeof(int));
        memcpy(CMSG_DATA(head), fds, n * sizeof(int));
    }
    do
        sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : 0;
}

int zygote_send(int fd, const void *bytes, size_t size, const int *fds,
                size_t n)
{
    struct iovec part = {(void *) bytes, size};
    size_t sent = 0, some;
    int r;

    do {
        some = n - sent < FDS_EACH ? n - sent : FDS_EACH;
        r = zygote_send_one(fd, &part, fds + sent, some);
        sent += some;
    } while (r == 0 && sent < n);
    return r;
}

int zygote_receive(int fd, void *bytes, size_t size, int *fds, size_t *n)
{
    union zygote_control control;
    struct iovec part = {bytes, size};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof(control.bytes)};
    struct cmsghdr *head;
    size_t room = *n;
    ssize_t got;

    do
        got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return -errno;
    *n = 0;
    for (head = CMSG_FIRSTHDR(&message); head;
         head = CMSG_NXTHDR(&message, head)) {
        size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);

        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
            continue;
        if (count > room - *n)
            return -E2BIG; /* of the runner's making: it gives up */
        memcpy(fds + *n, CMSG_DATA(head), count * sizeof(int));
        *n += count;
    }
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
        return -EMSGSIZE;
    return (int) got;
}
