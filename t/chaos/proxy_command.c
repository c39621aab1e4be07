/* SPDX-License-Identifier: ISC */
/* The commands of the injector, a line each; proxy.c lists them. */
#include "proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE 4096

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

static void link_mute(struct link *link, const char *path)
{
    struct conn *conn;

    for (conn = conns; conn < conns + CONNS_MAX; conn++)
        if (conn->link == link && strcmp(conn->path, path) == 0)
            conn->pipe[DOWN].dead = true;
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
    else if (strcmp(word, "mute") == 0)
        link_mute(link, argument);
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
    else if (strcmp(word, "note") == 0)
        link->note = true;
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

void commands_read(int fd)
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
