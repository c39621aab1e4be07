/* SPDX-License-Identifier: ISC */
/* A daemon made of canned answers: a child that takes one request a
 * connection, writes it into a pipe for the test, and answers by its list. */
#include "ctl_fake.h"

#include "unit/unit.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"
#include "ctl/ctl.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#define WORDS_MAX 16

char fake_directory[] = "/tmp/ccm-ctl-XXXXXX";
char *fake_socket;

static struct {
    pid_t pid;
    int requests; /* a pipe: the requests as they came */
} daemon_;

char fake_out[65536], fake_err[65536];

/* -------------------------------------------------------------- the daemon */

static int take_descriptor(struct msghdr *message)
{
    struct cmsghdr *header = CMSG_FIRSTHDR(message);
    int fd = -1;

    if (header && header->cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(header), sizeof(fd));
    return fd;
}

static char request[1024 * 1024];

/* Reads one request. Returns the descriptor that came with it, or -1. */
static int take_request(int fd)
{
    char *line = request;
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    size_t used = 0;
    int given = -1;

    while (used == 0 || line[used - 1] != '\n') {
        struct iovec part = {line + used, sizeof(request) - 1 - used};
        struct msghdr message = {.msg_iov = &part,
                                 .msg_iovlen = 1,
                                 .msg_control = control.bytes,
                                 .msg_controllen = sizeof(control.bytes)};
        ssize_t n = recvmsg(fd, &message, 0);

        if (n <= 0)
            _exit(1);
        if (given < 0)
            given = take_descriptor(&message);
        used += (size_t) n;
    }
    line[used] = '\0';
    return given;
}

/* What writes objects asks first which types are declared: none. */
static bool answer_types(int fd)
{
    static const char answer[] = "{\"ok\":true,\"result\":{\"types\":[]}}\n";

    if (!strstr(request, "\"module.list\""))
        return false;
    if (io_write_all(fd, answer, strlen(answer)) < 0)
        _exit(1);
    close(fd);
    return true;
}

static void serve(int listener, int log, const struct exchange *exchange,
                  bool types)
{
    while (exchange->answer) {
        int fd = accept(listener, NULL, NULL);
        int given = take_request(fd);

        if (types && answer_types(fd))
            continue;
        if (io_write_all(log, request, strlen(request)) < 0)
            _exit(1);
        if (exchange->payload &&
            (given < 0 || io_write_all(given, exchange->payload,
                                       strlen(exchange->payload)) < 0))
            _exit(1);
        if (io_write_all(fd, exchange->answer, strlen(exchange->answer)) < 0)
            _exit(1);
        close(fd);
        if (given >= 0)
            close(given);
        exchange++;
    }
    _exit(0);
}

static void start_daemon(const struct exchange *exchanges, bool types)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int log[2];

    memcpy(address.sun_path, fake_socket, strlen(fake_socket) + 1);
    unlink(fake_socket);
    assert_int_equal(
        bind(listener, (struct sockaddr *) &address, sizeof(address)), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(pipe2(log, O_CLOEXEC), 0);
    assert_int_equal(fcntl(log[1], F_SETPIPE_SZ, 1024 * 1024), 1024 * 1024);
    daemon_.pid = fork();
    if (daemon_.pid == 0)
        serve(listener, log[1], exchanges, types);
    close(listener);
    close(log[1]);
    daemon_.requests = log[0];
}

/* Returns new (freed with free): all requests. */
static char *stop_daemon(void)
{
    cleanup_free char *name = xasprintf("/dev/fd/%d", daemon_.requests);
    char *requests;
    int status;

    assert_int_equal(waitpid(daemon_.pid, &status, 0), daemon_.pid);
    assert_int_equal(status, 0);
    assert_int_equal(
        io_read_file(AT_FDCWD, name, 1 << 20, &requests, NULL, NULL), 0);
    close(daemon_.requests);
    return requests;
}

/* -------------------------------------------------------------- the command */

static void read_back(FILE *file, char *text, size_t size)
{
    size_t n;

    rewind(file);
    n = fread(text, 1, size - 1, file);
    text[n] = '\0';
    fclose(file);
}

/* Runs "ccmctl --socket PATH" with the words of a line; "_" is a blank. */
int fake_ccmctl(const char *line)
{
    cleanup_free char *copy = xstrdup(line);
    char name[] = "ccmctl", option[] = "--socket";
    char *argv[WORDS_MAX] = {name, option, fake_socket};
    FILE *files[2] = {tmpfile(), tmpfile()};
    char *word, *rest = copy, *blank;
    int argc = 3, status;

    while ((word = strsep(&rest, " "))) {
        while ((blank = strchr(word, '_')))
            *blank = ' ';
        argv[argc++] = word;
    }
    argv[argc] = NULL;
    status = ctl_main(argc, argv, files[0], files[1]);
    read_back(files[0], fake_out, sizeof(fake_out));
    read_back(files[1], fake_err, sizeof(fake_err));
    return status;
}

/* Runs it against exchanges. Returns new: the requests. */
char *fake_ccmctl_with(const struct exchange *exchanges, const char *line,
                       int status)
{
    int got;

    start_daemon(exchanges, after_prefix(line, "object put") ||
                                after_prefix(line, "object import"));
    got = fake_ccmctl(line);
    if (got != status)
        print_message("%s: %s%s", line, fake_out, fake_err);
    assert_int_equal(got, status);
    return stop_daemon();
}

int fake_setup(void **state)
{
    (void) state;
    if (!mkdtemp(fake_directory))
        return -1;
    fake_socket = xasprintf("%s/s", fake_directory);
    return 0;
}

int fake_teardown(void **state)
{
    (void) state;
    unlink(fake_socket);
    free(fake_socket);
    return rmdir(fake_directory);
}
