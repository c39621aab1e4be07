/* SPDX-License-Identifier: ISC */
/* A scripted HTTP server in a thread of the test. */
#include "http_server.h"

#include "base/alloc.h"
#include "base/util.h"

#include <arpa/inet.h>
#include <strings.h>
#include <sys/socket.h>

struct http_server server;

void reply(int fd, const char *status, const char *headers, const char *body)
{
    cleanup_free char *text =
        xasprintf("HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n%s", status,
                  strlen(body), headers, body);

    if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
        return;
}

/* Is the request there, with the body that its head announces? */
static bool server_has_all(const char *request)
{
    const char *end = strstr(request, "\r\n\r\n");
    const char *size = strcasestr(request, "\r\nContent-Length:");

    if (!end)
        return false;
    if (!size || size > end)
        return true;
    return strlen(end + 4) >=
           strtoul(size + strlen("\r\nContent-Length:"), NULL, 10);
}

/* Serves requests on one connection until the client closes it. */
static void server_connection(int fd)
{
    cleanup_free char *request = xmalloc(REQUEST_MAX);
    size_t used = 0;
    ssize_t n;
    serve_fn serve;

    while ((n = recv(fd, request + used, REQUEST_MAX - used - 1, 0)) > 0) {
        used += (size_t) n;
        request[used] = '\0';
        if (!server_has_all(request))
            continue;
        memcpy(server.last, request, used + 1);
        used = 0;
        server.requests++;
        serve = server.serve; /* a call would read it as if not atomic */
        serve(fd, request);
    }
}

static void *server_run(void *unused)
{
    for (;;) {
        int fd = accept(server.listener, NULL, NULL);

        if (fd < 0)
            return unused;
        server.connections++;
        server_connection(fd);
        close(fd);
    }
}

int server_start(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof(address);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(server.listener, (struct sockaddr *) &address, size) < 0 ||
        listen(server.listener, 16) < 0 ||
        getsockname(server.listener, (struct sockaddr *) &address, &size) < 0)
        return -1;
    snprintf(server.url, sizeof(server.url), "http://127.0.0.1:%d",
             ntohs(address.sin_port));
    return pthread_create(&server.thread, NULL, server_run, NULL) ? -1 : 0;
}

int server_stop(void)
{
    shutdown(server.listener, SHUT_RDWR);
    pthread_join(server.thread, NULL);
    return close(server.listener);
}

void server_script(serve_fn serve)
{
    server.serve = serve;
    server.requests = server.connections = 0;
}
