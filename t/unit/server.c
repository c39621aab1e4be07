/* SPDX-License-Identifier: ISC */
/* Servers for tests. */
#include "server.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/util.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define START_DEADLINE_MS unit_ms(60000)

static struct sockaddr_in server_address(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t) port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* Returns a listening (or only bound) socket and its port. */
static int server_bind(int *port)
{
    struct sockaddr_in address = server_address(0);
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *) &address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *) &address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

int server_free_port(void)
{
    int port, fd = server_bind(&port);

    close(fd);
    return port;
}

static bool server_answers(int port)
{
    struct sockaddr_in address = server_address(port);
    cleanup_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    return connect(fd, (struct sockaddr *) &address, sizeof(address)) == 0;
}

static void server_shell(const char *command)
{
    int status = system(command);

    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("failed: %s", command);
}

bool server_has(const char *program)
{
    cleanup_free char *command =
        xasprintf("command -v %s >/dev/null 2>&1", program);

    return system(command) == 0;
}

static pid_t server_fork(void)
{
    pid_t parent = getpid(), pid = fork();

    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
    }
    return pid;
}

static void server_end(pid_t pid)
{
    if (pid <= 0)
        return;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

/* ---------------------------------------------------------------------- etcd
 */

static void etcd_server_make_certificates(struct etcd_server *server)
{
    cleanup_free char *command = xasprintf(
        "cd %s && printf 'subjectAltName=IP:127.0.0.1\\n' >ext && "
        "exec 2>openssl.log && "
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
        "-keyout ca.key -out ca.pem -subj /CN=test-ca -days 2 && "
        "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
        "-keyout key.pem -out req.pem -subj /CN=node && "
        "openssl x509 -req -in req.pem -CA ca.pem -CAkey ca.key "
        "-CAcreateserial -out cert.pem -days 2 -extfile ext",
        server->folder);

    server_shell(command);
}

static void etcd_server_exec(const struct etcd_server *server)
{
    cleanup_free char *data = xasprintf("%s/data", server->folder);
    cleanup_free char *log = xasprintf("%s/etcd.log", server->folder);
    cleanup_free char *peer =
        xasprintf("http://127.0.0.1:%d", server->peer_port);
    cleanup_free char *cluster = xasprintf("default=%s", peer);
    cleanup_free char *ca = xasprintf("%s/ca.pem", server->folder);
    cleanup_free char *cert = xasprintf("%s/cert.pem", server->folder);
    cleanup_free char *key = xasprintf("%s/key.pem", server->folder);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);

    dup2(fd, 1);
    dup2(fd, 2);
    execlp("etcd", "etcd", "--data-dir", data, "--listen-client-urls",
           server->url, "--advertise-client-urls", server->url,
           "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
           "--initial-cluster", cluster, "--log-level", "error",
           server->tls ? "--client-cert-auth" : NULL, "--trusted-ca-file", ca,
           "--cert-file", cert, "--key-file", key, NULL);
    _exit(127);
}

void etcd_server_again(struct etcd_server *server)
{
    int64_t deadline = clock_ms() + START_DEADLINE_MS;

    server->pid = server_fork();
    if (server->pid == 0)
        etcd_server_exec(server);
    while (!server_answers(server->client_port)) {
        if (clock_ms() > deadline ||
            waitpid(server->pid, NULL, WNOHANG) == server->pid)
            fail_msg("etcd does not start; see %s/etcd.log", server->folder);
        poll(NULL, 0, 10);
    }
}

void etcd_server_start(struct etcd_server *server)
{
    strcpy(server->folder, "/tmp/ccm-etcd-XXXXXX");
    assert_non_null(mkdtemp(server->folder));
    server->client_port = server_free_port();
    server->peer_port = server_free_port();
    snprintf(server->url, sizeof(server->url), "%s://127.0.0.1:%d",
             server->tls ? "https" : "http", server->client_port);
    if (server->tls)
        etcd_server_make_certificates(server);
    etcd_server_again(server);
}

void etcd_server_stop(struct etcd_server *server)
{
    server_end(server->pid);
    server->pid = 0;
}

void etcd_server_remove(struct etcd_server *server)
{
    cleanup_free char *command = xasprintf("rm -rf %s", server->folder);

    etcd_server_stop(server);
    server_shell(command);
}

void etcd_server_ctl(const struct etcd_server *server, const char *words)
{
    cleanup_free char *command =
        xasprintf("ETCDCTL_API=3 etcdctl --endpoints %s %s >>%s/ctl.log 2>&1",
                  server->url, words, server->folder);

    server_shell(command);
}

/* --------------------------------------------------------------------- fakes
 */

static int fake_requests_out; /* in the child */

static void fake_serve(int listening, fake_fn fn)
{
    for (;;) {
        int connection = accept(listening, NULL, NULL);

        if (connection < 0)
            _exit(1);
        /* Side by side: a stream must not keep the others waiting. */
        if (server_fork() == 0) {
            fn(connection);
            _exit(0);
        }
        close(connection);
    }
}

void fake_server_start(struct fake_server *server, fake_fn fn)
{
    int listening = server_bind(&server->port), ends[2];

    assert_int_equal(listen(listening, 16), 0);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    snprintf(server->url, sizeof(server->url), "http://127.0.0.1:%d",
             server->port);
    server->pid = server_fork();
    if (server->pid == 0) {
        signal(SIGCHLD, SIG_IGN);
        fake_requests_out = ends[1];
        fake_serve(listening, fn);
    }
    close(listening);
    close(ends[1]);
    server->requests_fd = ends[0];
}

void fake_server_stop(struct fake_server *server)
{
    server_end(server->pid);
    close(server->requests_fd);
}

int fake_server_requests(const struct fake_server *server)
{
    int n = 0;

    assert_int_equal(ioctl(server->requests_fd, FIONREAD, &n), 0);
    return n;
}

void fake_write(int connection, const char *text)
{
    size_t left = strlen(text);

    while (left > 0) {
        ssize_t n = send(connection, text, left, MSG_NOSIGNAL);

        if (n <= 0)
            _exit(0);
        text += n;
        left -= (size_t) n;
    }
}

bool fake_read(int connection)
{
    static char text[65536];
    size_t used = 0, wanted = 0;

    while (wanted == 0 || used < wanted) {
        ssize_t n = read(connection, text + used, sizeof(text) - 1 - used);
        const char *end, *length;

        if (n <= 0)
            return false;
        used += (size_t) n;
        text[used] = '\0';
        end = strstr(text, "\r\n\r\n");
        length = strstr(text, "Content-Length: ");
        if (end && length)
            wanted = (size_t) (end + 4 - text) + strtoul(length + 16, NULL, 10);
    }
    return write(fake_requests_out, "x", 1) == 1;
}

void fake_reply(int connection, const char *status, const char *body)
{
    cleanup_free char *text =
        xasprintf("HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
                  "Content-Length: %zu\r\n\r\n%s",
                  status, strlen(body), body);

    fake_write(connection, text);
}

void fake_stream(int connection)
{
    fake_write(connection, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
}

void fake_linger(int connection)
{
    char bytes[4096];

    while (read(connection, bytes, sizeof(bytes)) > 0)
        continue;
}
