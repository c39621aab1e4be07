/* SPDX-License-Identifier: ISC */
/* An etcd of a test's own. */
#include "private_etcd.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/util.h"
#include "etcd/etcd_wire.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define READY_WITHIN_MS 60000

struct private_etcd etcd;

static int etcd_free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof(address);
    cleanup_close int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (struct sockaddr *) &address, size) < 0 ||
        getsockname(fd, (struct sockaddr *) &address, &size) < 0)
        return 0;
    return ntohs(address.sin_port);
}

static void etcd_become(pid_t parent)
{
    cleanup_free char *peer =
        xasprintf("http://127.0.0.1:%d", etcd_free_port());
    cleanup_free char *data = xasprintf("%s/data", etcd.dir);
    cleanup_free char *cluster = xasprintf("default=%s", peer);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(1);
    dup2(null, 1);
    dup2(null, 2);
    execlp("etcd", "etcd", "--data-dir", data, "--listen-client-urls", etcd.url,
           "--advertise-client-urls", etcd.url, "--listen-peer-urls", peer,
           "--initial-advertise-peer-urls", peer, "--initial-cluster", cluster,
           "--unsafe-no-fsync", NULL);
    _exit(127);
}

static size_t etcd_drop(char *bytes, size_t one, size_t size, void *unused)
{
    (void) bytes;
    (void) unused;
    return one * size;
}

/* Returns the status, or 0 if there was no answer. */
static long etcd_try_post(const char *path, const char *body)
{
    cleanup_free char *url = xasprintf("%s%s", etcd.url, path);
    CURL *easy = curl_easy_init();
    long status = 0;

    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, etcd_drop);
    if (curl_easy_perform(easy) == CURLE_OK)
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(easy);
    return status;
}

/* It may be called in a thread, where cmocka's assertions must not fail. */
void etcd_post(const char *path, const char *body)
{
    long status = etcd_try_post(path, body);

    if (status == 200)
        return;
    fprintf(stderr, "etcd answers %ld to %s %.200s\n", status, path, body);
    abort();
}

/* Waits until it answers. Returns 0, or -1 if it ends or takes too long. */
static int etcd_wait(void)
{
    int64_t until = clock_ms() + READY_WITHIN_MS;

    while (clock_ms() < until) {
        if (etcd_try_post(ETCD_WIRE_RANGE_PATH, "{\"key\":\"AA==\"}") == 200)
            return 0;
        if (waitpid(etcd.pid, NULL, WNOHANG) != 0)
            return -1;
        poll(NULL, 0, 20);
    }
    return -1;
}

int etcd_start(void)
{
    pid_t parent = getpid();
    int tries;

    snprintf(etcd.dir, sizeof(etcd.dir), "/tmp/ccm-etcd.XXXXXX");
    if (!mkdtemp(etcd.dir))
        return -1;
    /* Another process may take a port that was just free. */
    for (tries = 0; tries < 5; tries++) {
        snprintf(etcd.url, sizeof(etcd.url), "http://127.0.0.1:%d",
                 etcd_free_port());
        etcd.pid = fork();
        if (etcd.pid == 0)
            etcd_become(parent);
        if (etcd_wait() == 0)
            return 0;
    }
    return -1;
}

int etcd_stop(void)
{
    cleanup_free char *remove = xasprintf("rm -rf %s", etcd.dir);

    kill(etcd.pid, SIGKILL);
    waitpid(etcd.pid, NULL, 0);
    return system(remove) == 0 ? 0 : -1;
}
