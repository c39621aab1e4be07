/* SPDX-License-Identifier: ISC */
/*
 * A fault injector: TCP links that can be told to misbehave.
 *
 *   proxy FIFO ADDRESS:PORT=TARGET:PORT...
 *
 * Each pair is a link, numbered from 0. Lines in the FIFO are
 * "SEQ LINK COMMAND [ARGUMENT]", LINK being a number or "*"; each is answered
 * with "SEQ ok" on standard output, so that whoever wrote it can wait until it
 * is in force. What a pattern meets is told with "matched LINK COMMAND".
 *
 *   pass             all is well again, and what was frozen goes on
 *   cut              resets the connections that are there
 *   refuse           the same, and all that come
 *   swallow WAY      what comes is thrown away, for ever on that connection
 *   freeze WAY       what comes is kept until "pass"
 *   delay MS         each piece takes that long
 *   halve MS         each piece goes in two halves, so long after one another
 *   truncate         resets in the middle of the next piece of an answer
 *   drop PATTERN     the next request that holds it is not passed on (reset)
 *   lose PATTERN     it is passed on, but instead of its answer comes a reset
 *   crop PATTERN     ... half of its answer
 *   stall PATTERN    ... silence
 *   hold PATTERN     it is passed on with "release", though the client may
 *                    have gone by then
 *   release
 *   inject PATH TEXT one more line into the streams of that path
 *   half PATH TEXT   half a line and the end of the stream
 *
 * WAY is up (to the target), down or both. A pattern is met once.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LINKS_MAX 64
#define CONNS_MAX 512
#define PATTERN_MAX 256
#define LINE_SIZE 4096
#define QUEUE_MAX (1024 * 1024)

enum way { UP, DOWN };
enum trap { NO_TRAP, DROP, LOSE, CROP, STALL, HOLD };

static const char *const trap_names[] = {"",     "drop",  "lose",
                                         "crop", "stall", "hold"};

struct piece {
    struct piece *next;
    int64_t due_ms;
    size_t size, sent;
    bool reset; /* after it */
    char bytes[];
};

struct pipe {
    struct piece *first;
    size_t queued;
    bool eof, shut;
    bool dead; /* what comes is thrown away */
    bool held; /* what comes is kept until "release" */
};

struct link {
    int listen_fd;
    struct sockaddr_in at, target;
    bool refuse, truncate;
    bool swallow[2], freeze[2];
    int64_t delay_ms, halve_ms;
    enum trap trap;
    char pattern[PATTERN_MAX];
};

struct conn {
    struct link *link; /* NULL: free */
    int fd[2];         /* the client's, the target's */
    struct pipe pipe[2];
    enum trap caught; /* what becomes of the next answer */
    char path[64];    /* of the last request */
    char tail[PATTERN_MAX];
    size_t tail_size;
};

static struct link links[LINKS_MAX];
static size_t n_links;
static struct conn conns[CONNS_MAX];

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* ------------------------------------------------------------- connections */

static void pipe_clear(struct pipe *pipe)
{
    struct piece *piece;

    while ((piece = pipe->first)) {
        pipe->first = piece->next;
        free(piece);
    }
    *pipe = (struct pipe){0};
}

static void conn_close(struct conn *conn, bool reset)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    int i;

    for (i = 0; i < 2; i++) {
        if (reset)
            setsockopt(conn->fd[i], SOL_SOCKET, SO_LINGER, &linger,
                       sizeof(linger));
        close(conn->fd[i]);
        pipe_clear(&conn->pipe[i]);
    }
    conn->link = NULL;
}

static int target_connect(const struct sockaddr_in *to)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (connect(fd, (const struct sockaddr *) to, sizeof(*to)) < 0 &&
        errno != EINPROGRESS) {
        close(fd);
        return -1;
    }
    return fd;
}

static void conn_accept(struct link *link)
{
    int fd = accept4(link->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct conn *conn = conns;
    int target;

    if (fd < 0)
        return;
    while (conn < conns + CONNS_MAX && conn->link)
        conn++;
    target = conn < conns + CONNS_MAX ? target_connect(&link->target) : -1;
    if (target < 0) {
        close(fd);
        return;
    }
    *conn = (struct conn){.link = link, .fd = {fd, target}};
    if (link->refuse)
        conn_close(conn, true);
}

static void pipe_add(struct pipe *pipe, const char *bytes, size_t size,
                     int64_t due_ms, bool reset)
{
    struct piece *piece = malloc(sizeof(*piece) + size);
    struct piece **at = &pipe->first;

    if (!piece)
        fail("malloc");
    *piece = (struct piece){.due_ms = due_ms, .size = size, .reset = reset};
    memcpy(piece->bytes, bytes, size);
    while (*at)
        at = &(*at)->next;
    *at = piece;
    pipe->queued += size;
}

/* ---------------------------------------------------------------- patterns */

static bool link_meets(struct link *link, struct conn *conn, const char *bytes,
                       size_t size)
{
    char *all = malloc(conn->tail_size + size);
    size_t n = conn->tail_size + size, keep = n;
    bool met;

    if (!all)
        fail("malloc");
    memcpy(all, conn->tail, conn->tail_size);
    memcpy(all + conn->tail_size, bytes, size);
    met = link->trap &&
          memmem(all, n, link->pattern, strlen(link->pattern)) != NULL;
    if (keep > sizeof(conn->tail))
        keep = sizeof(conn->tail);
    memcpy(conn->tail, all + n - keep, keep);
    conn->tail_size = met ? 0 : keep;
    free(all);
    return met;
}

static void conn_note_path(struct conn *conn, const char *bytes, size_t size)
{
    size_t n = 0;

    if (size < 6 || memcmp(bytes, "POST ", 5) != 0)
        return;
    conn->tail_size = 0;
    while (n + 5 < size && n + 1 < sizeof(conn->path) && bytes[n + 5] != ' ')
        n++;
    memcpy(conn->path, bytes + 5, n);
    conn->path[n] = '\0';
}

/* Returns false if the connection is gone. */
static bool conn_take_request(struct conn *conn, const char *bytes, size_t size)
{
    struct link *link = conn->link;

    conn_note_path(conn, bytes, size);
    if (!link_meets(link, conn, bytes, size))
        return true;
    conn->caught = link->trap;
    link->trap = NO_TRAP;
    printf("matched %zu %s\n", (size_t) (link - links),
           trap_names[conn->caught]);
    if (conn->caught == DROP) {
        conn_close(conn, true);
        return false;
    }
    if (conn->caught == HOLD) {
        conn->pipe[UP].held = true;
        conn->caught = NO_TRAP;
    }
    return true;
}

/* Returns false if these bytes go no further. */
static bool conn_take_answer(struct conn *conn, const char *bytes, size_t size)
{
    struct pipe *pipe = &conn->pipe[DOWN];
    bool half = conn->caught == CROP || conn->link->truncate;

    if (half) {
        pipe_add(pipe, bytes, size / 2, now_ms(), true);
        pipe->dead = true;
        conn->link->truncate = false;
    } else if (conn->caught == LOSE) {
        conn_close(conn, true);
    } else if (conn->caught == STALL) {
        pipe->dead = true;
    } else {
        return true;
    }
    return false;
}

static void conn_take(struct conn *conn, enum way way, const char *bytes,
                      size_t size)
{
    struct link *link = conn->link;
    struct pipe *pipe = &conn->pipe[way];
    int64_t due_ms = now_ms() + link->delay_ms;

    if (pipe->dead || link->swallow[way]) {
        pipe->dead = true;
        return;
    }
    if (way == UP ? !conn_take_request(conn, bytes, size)
                  : !conn_take_answer(conn, bytes, size))
        return;
    if (link->halve_ms > 0 && size > 1) {
        pipe_add(pipe, bytes, size / 2, due_ms, false);
        bytes += size / 2;
        size -= size / 2;
        due_ms += link->halve_ms;
    }
    pipe_add(pipe, bytes, size, due_ms, false);
}

/* -------------------------------------------------------------- forwarding */

static void conn_read(struct conn *conn, enum way way)
{
    char bytes[65536];
    ssize_t n = read(conn->fd[way], bytes, sizeof(bytes));

    if (n > 0)
        conn_take(conn, way, bytes, (size_t) n);
    else if (n == 0)
        conn->pipe[way].eof = true;
    else if (errno != EAGAIN && errno != EINTR)
        conn_close(conn, true);
}

static bool pipe_waits(const struct conn *conn, enum way way)
{
    return conn->link->freeze[way] || conn->pipe[way].held;
}

/* Returns false if the connection is gone. */
static bool conn_flush(struct conn *conn, enum way way)
{
    struct pipe *pipe = &conn->pipe[way];
    struct piece *piece;
    ssize_t n;

    while (!pipe_waits(conn, way) && (piece = pipe->first) &&
           piece->due_ms <= now_ms()) {
        n = write(conn->fd[1 - way], piece->bytes + piece->sent,
                  piece->size - piece->sent);
        if (n < 0 && (errno == EAGAIN || errno == ENOTCONN))
            return true;
        if (n < 0 || piece->reset) {
            conn_close(conn, true);
            return false;
        }
        piece->sent += (size_t) n;
        if (piece->sent < piece->size)
            return true;
        pipe->first = piece->next;
        pipe->queued -= piece->size;
        free(piece);
    }
    if (pipe->eof && !pipe->first && !pipe->shut) {
        shutdown(conn->fd[1 - way], SHUT_WR);
        pipe->shut = true;
    }
    return true;
}

static void conn_step(struct conn *conn)
{
    /* A client that has gone is not served any more, unless what it sent is
     * to arrive late. */
    if (!conn_flush(conn, UP) || !conn_flush(conn, DOWN))
        return;
    if ((conn->pipe[UP].eof && !conn->pipe[UP].first) ||
        (conn->pipe[DOWN].eof && !conn->pipe[DOWN].first))
        conn_close(conn, false);
}

/* ---------------------------------------------------------------- commands */

static void link_cut(struct link *link)
{
    struct conn *conn;

    for (conn = conns; conn < conns + CONNS_MAX; conn++)
        if (conn->link == link)
            conn_close(conn, true);
}

static void link_pass(struct link *link)
{
    *link = (struct link){
        .listen_fd = link->listen_fd, .at = link->at, .target = link->target};
}

static void link_release(struct link *link)
{
    struct conn *conn;

    for (conn = conns; conn < conns + CONNS_MAX; conn++)
        if (conn->link == link)
            conn->pipe[UP].held = false;
}

/* Streams come in chunks, and between lines none is open. */
static void link_inject(struct link *link, char *argument, bool half)
{
    char *text = strchr(argument, ' ');
    char chunk[LINE_SIZE + 64];
    struct conn *conn;
    int size;

    if (!text)
        return;
    *text++ = '\0';
    size = snprintf(chunk, sizeof(chunk), "%zx\r\n%s%s\r\n%s",
                    strlen(text) + !half, text, half ? "" : "\n",
                    half ? "0\r\n\r\n" : "");
    for (conn = conns; conn < conns + CONNS_MAX; conn++)
        if (conn->link == link && strcmp(conn->path, argument) == 0) {
            pipe_add(&conn->pipe[DOWN], chunk, (size_t) size, now_ms(), false);
            printf("matched %zu inject\n", (size_t) (link - links));
        }
}

static bool link_set_trap(struct link *link, const char *word,
                          const char *argument)
{
    enum trap trap;

    for (trap = DROP; trap <= HOLD; trap++)
        if (strcmp(word, trap_names[trap]) == 0) {
            link->trap = trap;
            snprintf(link->pattern, sizeof(link->pattern), "%.*s",
                     PATTERN_MAX - 1, argument);
            return true;
        }
    return false;
}

static void link_set_ways(bool ways[2], const char *way)
{
    ways[UP] |= strcmp(way, "down") != 0;
    ways[DOWN] |= strcmp(way, "up") != 0;
}

static void link_command(struct link *link, const char *word, char *argument)
{
    if (strcmp(word, "pass") == 0)
        link_pass(link);
    else if (strcmp(word, "cut") == 0 || strcmp(word, "refuse") == 0)
        link_cut(link);
    else if (strcmp(word, "release") == 0)
        link_release(link);
    else if (strcmp(word, "inject") == 0 || strcmp(word, "half") == 0)
        link_inject(link, argument, *word == 'h');
    if (strcmp(word, "refuse") == 0)
        link->refuse = true;
    else if (strcmp(word, "swallow") == 0)
        link_set_ways(link->swallow, argument);
    else if (strcmp(word, "freeze") == 0)
        link_set_ways(link->freeze, argument);
    else if (strcmp(word, "delay") == 0)
        link->delay_ms = strtol(argument, NULL, 10);
    else if (strcmp(word, "halve") == 0)
        link->halve_ms = strtol(argument, NULL, 10);
    else if (strcmp(word, "truncate") == 0)
        link->truncate = true;
    else
        link_set_trap(link, word, argument);
}

static void command_do(char *line)
{
    char seq[32] = "", which[16] = "", word[16] = "", copy[LINE_SIZE];
    char *argument;
    int at = 0;
    size_t i;

    if (sscanf(line, "%31s %15s %15s %n", seq, which, word, &at) < 3)
        return;
    argument = line + at;
    for (i = 0; i < n_links; i++)
        if (strcmp(which, "*") == 0 || strtoul(which, NULL, 10) == i) {
            snprintf(copy, sizeof(copy), "%s", argument);
            link_command(&links[i], word, copy);
        }
    printf("%s ok\n", seq);
}

static void commands_read(int fd)
{
    static char text[LINE_SIZE];
    static size_t size;
    ssize_t n = read(fd, text + size, sizeof(text) - 1 - size);
    char *newline;

    if (n <= 0)
        return;
    size += (size_t) n;
    text[size] = '\0';
    while ((newline = memchr(text, '\n', size))) {
        *newline = '\0';
        command_do(text);
        size -= (size_t) (newline + 1 - text);
        memmove(text, newline + 1, size + 1);
    }
    if (size == sizeof(text) - 1)
        fail("a command is too long");
}

/* -------------------------------------------------------------------- loop */

static struct pollfd polled[1 + LINKS_MAX + 2 * CONNS_MAX];
static struct conn *polled_conn[1 + LINKS_MAX + 2 * CONNS_MAX];

static size_t poll_add_conn(struct conn *conn, size_t n, int64_t *next_ms)
{
    int i;

    for (i = 0; i < 2; i++) {
        const struct pipe *in = &conn->pipe[i], *out = &conn->pipe[1 - i];
        short events = 0;

        if (!in->eof && in->queued < QUEUE_MAX)
            events |= POLLIN;
        if (out->first && !pipe_waits(conn, 1 - i)) {
            if (out->first->due_ms <= now_ms())
                events |= POLLOUT;
            else if (*next_ms < 0 || out->first->due_ms < *next_ms)
                *next_ms = out->first->due_ms;
        }
        polled[n] = (struct pollfd){.fd = conn->fd[i], .events = events};
        /* An end that was seen would wake us for ever. */
        if (events == 0)
            polled[n].fd = -1;
        polled_conn[n++] = conn;
    }
    return n;
}

static void loop_once(int fifo)
{
    int64_t next_ms = -1;
    size_t n = 0, i;
    struct conn *conn;

    polled[n++] = (struct pollfd){.fd = fifo, .events = POLLIN};
    for (i = 0; i < n_links; i++)
        polled[n++] =
            (struct pollfd){.fd = links[i].listen_fd, .events = POLLIN};
    for (conn = conns; conn < conns + CONNS_MAX; conn++)
        if (conn->link)
            n = poll_add_conn(conn, n, &next_ms);
    if (next_ms >= 0)
        next_ms = next_ms > now_ms() ? next_ms - now_ms() : 0;
    if (poll(polled, n, (int) next_ms) < 0)
        return;
    for (i = 1 + n_links; i < n; i++) {
        conn = polled_conn[i];
        if (conn->link && polled[i].revents & (POLLIN | POLLHUP | POLLERR))
            conn_read(conn, polled[i].fd == conn->fd[0] ? UP : DOWN);
    }
    for (conn = conns; conn < conns + CONNS_MAX; conn++)
        if (conn->link)
            conn_step(conn);
    for (i = 0; i < n_links; i++)
        if (polled[1 + i].revents)
            conn_accept(&links[i]);
    if (polled[0].revents)
        commands_read(fifo);
}

static void link_address(struct sockaddr_in *to, const char *address,
                         uint16_t port)
{
    *to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)};
    if (inet_pton(AF_INET, address, &to->sin_addr) != 1)
        fail(address);
}

static void link_open(const char *text)
{
    struct link *link = &links[n_links];
    char at[16], target[16];
    uint16_t at_port, target_port;
    int one = 1;

    if (n_links == LINKS_MAX || sscanf(text, "%15[0-9.]:%hu=%15[0-9.]:%hu", at,
                                       &at_port, target, &target_port) != 4) {
        fprintf(stderr, "proxy: not ADDRESS:PORT=TARGET:PORT: %s\n", text);
        exit(2);
    }
    link_address(&link->at, at, at_port);
    link_address(&link->target, target, target_port);
    link->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(link->listen_fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(link->listen_fd, (struct sockaddr *) &link->at, sizeof(link->at)) <
            0 ||
        listen(link->listen_fd, 64) < 0)
        fail(text);
    n_links++;
}

int main(int argc, char **argv)
{
    int fifo, i;

    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 3) {
        fprintf(stderr, "usage: proxy FIFO ADDRESS:PORT=TARGET:PORT...\n");
        return 2;
    }
    for (i = 2; i < argc; i++)
        link_open(argv[i]);
    /* For writing, too: it never comes to its end. */
    fifo = open(argv[1], O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fifo < 0)
        fail(argv[1]);
    printf("0 ok\n");
    for (;;)
        loop_once(fifo);
}
