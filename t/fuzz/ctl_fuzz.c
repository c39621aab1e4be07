/* SPDX-License-Identifier: ISC */
/*
 * ccmctl, and whatever answers on the daemon's socket. The first byte chooses
 * the command line, the rest is what comes, parted by form feeds: for each
 * request what goes to its descriptor, a vertical tab, and the answer. The
 * same bytes are the file that "object put" and "import" read. Nothing but
 * plain text reaches the terminal, and with --json it is one document.
 */
#include "fuzz.h"

#include <sys/socket.h>

static int fuzz_socket(void);
static ssize_t fuzz_sendmsg(int fd, const struct msghdr *message, int flags);

#define socket(...) fuzz_socket()
#define connect(fd, address, size) ((void) (address), 0)
#define sendmsg fuzz_sendmsg
#include "ctl/client.c"
#undef socket
#undef connect
#undef sendmsg

#include "base/alloc.h"
#include "base/io.h"

static struct fuzz_input exchanges;
static char *payload;
static size_t payload_size;

/* Nobody is there any more when all answers are used up. */
static int fuzz_socket(void)
{
    int fds[2];
    size_t size;
    cleanup_free char *one = fuzz_cut(&exchanges, '\f', &size);
    struct fuzz_input part = {one, size};

    fuzz_check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    free(payload);
    payload = fuzz_cut(&part, '\v', &payload_size);
    fuzz_check(send(fds[1], part.next, part.left, MSG_NOSIGNAL) ==
               (ssize_t) part.left);
    close(fds[1]);
    return fds[0];
}

/* Takes it all, and writes to the descriptor that came with it. */
static ssize_t fuzz_sendmsg(int fd, const struct msghdr *message, int flags)
{
    const struct cmsghdr *header = CMSG_FIRSTHDR(message);
    const struct iovec *bytes = &message->msg_iov[0];
    int given;

    (void) fd, (void) flags;
    fuzz_check(((char *) bytes->iov_base)[bytes->iov_len - 1] == '\n');
    fuzz_check(!memchr(bytes->iov_base, '\n', bytes->iov_len - 1));
    if (header) {
        memcpy(&given, CMSG_DATA(header), sizeof(given));
        fuzz_check(io_write_all(given, payload, payload_size) == 0);
    }
    return (ssize_t) bytes->iov_len;
}

/* No escape sequence, however it is written, and no other direction. */
static void check_harmless(const char *text, size_t size)
{
    size_t i;

    fuzz_check(fuzz_is_visible(text, size, true));
    for (i = 0; i + 1 < size; i++) {
        unsigned char a = (unsigned char) text[i];
        unsigned char b = (unsigned char) text[i + 1];

        fuzz_check(a != 0xc2 || b >= 0xa0);
        if (a == 0xe2 && b == 0x80 && i + 2 < size)
            fuzz_check((unsigned char) text[i + 2] < 0xaa ||
                       (unsigned char) text[i + 2] > 0xae);
    }
}

static const char *const lines[] = {
    "status",
    "nodes",
    "queue",
    "apply",
    "publish crons",
    "publish crons --wait --timeout 0",
    "wait",
    "wait --revision 9",
    "flag show",
    "flag set because",
    "flag clear",
    "flag clear web2",
    "history",
    "history x",
    "module list",
    "module info crontab",
    "module reload",
    "module graph",
    "object list crons",
    "object get crons 7",
    "object put crons FILE",
    "object delete crons 7 8",
    "object import FILE",
    "plan --exit-code",
};

static void run(const char *line, const char *file, bool json)
{
    cleanup_free char *copy = xstrdup(line);
    char *argv[16] = {(char *) "ccmctl", (char *) "--socket", (char *) "/s"};
    char *out_text = NULL, *err_text = NULL, *word, *rest;
    size_t out_size = 0, err_size = 0;
    FILE *out = open_memstream(&out_text, &out_size);
    FILE *err = open_memstream(&err_text, &err_size);
    json_t *document = NULL;
    int argc = 3, status;

    if (strncmp(line, "wait", 4) == 0) {
        argv[argc++] = (char *) "--timeout";
        argv[argc++] = (char *) "0";
    }
    if (json)
        argv[argc++] = (char *) "--json";
    for (word = strtok_r(copy, " ", &rest); word;
         word = strtok_r(NULL, " ", &rest))
        argv[argc++] = streq(word, "FILE") ? (char *) file : word;
    status = ctl_main(argc, argv, out, err);
    fclose(out);
    fclose(err);
    fuzz_check(status >= CCM_EXIT_DONE && status <= CCM_EXIT_NO_DAEMON);
    fuzz_check(status != CCM_EXIT_USAGE || err_size > 0);
    check_harmless(err_text, err_size);
    /* On a terminal an object is plain ASCII; this here is none. */
    if (!json && strncmp(line, "object get", 10) != 0)
        check_harmless(out_text, out_size);
    if (json && out_size > 0)
        fuzz_check(json_parse(out_text, out_size, out_size, &document, NULL) ==
                   0);
    json_decref(document);
    free(out_text);
    free(err_text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *) data, size};
    uint8_t what = fuzz_byte(&input);
    cleanup_free char *file = xasprintf("%s/crons.json", fuzz_directory());
    struct fuzz_input first = input;
    size_t file_size;
    cleanup_free char *bytes = fuzz_cut(&first, '\f', &file_size);

    fuzz_write("crons.json", bytes, file_size);
    exchanges = input;
    if (strstr(lines[what / 2 % ARRAY_SIZE(lines)], "FILE"))
        exchanges = first;
    run(lines[what / 2 % ARRAY_SIZE(lines)], file, what % 2);
    free(payload);
    payload = NULL;
    return 0;
}
