/* SPDX-License-Identifier: ISC */
/*
 * Looking at many files of one directory at once, on all processors: most runs
 * find thousands of unchanged files, and their cost is system calls, which can
 * run in parallel. Each thread has its slice of the plan and its own memory; it
 * makes no decisions, and leaves everything that is not plainly a regular file
 * to the main pass.
 */
#include "change/compare_internal.h"

#include "base/alloc.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>

#define WORKERS_MAX 4
/* Fewer are not worth a thread; more would only cost memory. */
#define FILES_MIN 256
#define FILES_MAX 4096
/* Old contents, for each thread. */
#define OLD_EACH_MAX (64UL * 1024)
#define OLD_ALL_MAX (8UL * 1024 * 1024)

struct compare_ahead {
    const struct change *first;
    size_t n;
    struct compare_seen seen[FILES_MAX];
};

struct ahead_worker {
    pthread_t thread;
    const struct change *changes;
    struct compare_seen *seen;
    size_t n;
    int dir_fd;
    struct compare_buffer buffer;
    size_t kept;
};

/* For the comparison, and to be shown if it differs. */
static void ahead_read(struct ahead_worker *worker, const struct change *c,
                       const char *name, struct compare_seen *seen)
{
    size_t size = (size_t) seen->st.st_size;
    ssize_t n;

    if (size != c->size && (c->sensitive || size > OLD_EACH_MAX)) {
        seen->content = 1;
        return;
    }
    n = compare_read(&worker->buffer, worker->dir_fd, name, size);
    if (n < 0)
        return;
    seen->content = (size_t) n != c->size ||
                    memcmp(worker->buffer.bytes, c->content, c->size) != 0;
    if (!seen->content || c->sensitive || (size_t) n > OLD_EACH_MAX ||
        worker->kept + (size_t) n > OLD_ALL_MAX)
        return;
    worker->kept += (size_t) n;
    seen->old = xmemdup(worker->buffer.bytes, (size_t) n);
    seen->old_size = (size_t) n;
}

static void *ahead_work(void *userdata)
{
    struct ahead_worker *worker = userdata;
    size_t i;

    for (i = 0; i < worker->n; i++) {
        const struct change *c = &worker->changes[i];
        const char *name = strrchr(c->path, '/') + 1;
        struct compare_seen *seen = &worker->seen[i];

        *seen = (struct compare_seen){.content = COMPARE_UNSEEN};
        if (fstatat(worker->dir_fd, name, &seen->st, AT_SYMLINK_NOFOLLOW) < 0)
            seen->r = -errno;
        else if (S_ISREG(seen->st.st_mode))
            ahead_read(worker, c, name, seen);
    }
    free(worker->buffer.bytes);
    return NULL;
}

static size_t ahead_workers(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;

    return n < WORKERS_MAX ? (size_t) n : WORKERS_MAX;
}

/* This thread takes the first slice, and any slice without a thread of its
 * own. */
static void ahead_run(struct compare_ahead *ahead, int dir_fd, size_t workers)
{
    struct ahead_worker all[WORKERS_MAX] = {0};
    bool started[WORKERS_MAX] = {false};
    size_t i, each = (ahead->n + workers - 1) / workers;

    for (i = 0; i < workers; i++) {
        size_t from = i * each, left = ahead->n - from;

        all[i] = (struct ahead_worker){
            .changes = ahead->first + from,
            .seen = ahead->seen + from,
            .n = left < each ? left : each,
            .dir_fd = dir_fd,
        };
        started[i] = i > 0 && pthread_create(&all[i].thread, NULL, ahead_work,
                                             &all[i]) == 0;
    }
    for (i = 0; i < workers; i++)
        if (started[i])
            pthread_join(all[i].thread, NULL);
        else
            ahead_work(&all[i]);
}

/* The number of changes from c on that are files in the same directory. */
static size_t ahead_count(const struct compare *cmp, const struct change *c)
{
    size_t size = (size_t) (strrchr(c->path, '/') + 1 - c->path), n = 0;
    size_t left = cmp->plan->n_changes - (size_t) (c - cmp->plan->changes);

    while (n < FILES_MAX && n < left && c[n].kind == CHANGE_FILE &&
           memcmp(c[n].path, c->path, size) == 0 &&
           !strchr(c[n].path + size, '/'))
        n++;
    return n;
}

static void ahead_forget(struct compare_ahead *ahead)
{
    size_t i;

    for (i = 0; i < ahead->n; i++)
        free(ahead->seen[i].old);
    ahead->n = 0;
}

struct compare_seen *compare_ahead(struct compare *cmp, const struct change *c,
                                   const struct tree_dir *dir)
{
    struct compare_ahead *ahead = cmp->ahead;
    size_t n, workers;

    if (ahead && c >= ahead->first && c < ahead->first + ahead->n)
        return &ahead->seen[c - ahead->first];
    if (c < cmp->alone)
        return NULL;
    n = ahead_count(cmp, c);
    workers = n < FILES_MIN ? 1 : ahead_workers();
    if (workers < 2) {
        cmp->alone = c + n;
        return NULL;
    }
    if (!ahead)
        ahead = cmp->ahead = xcalloc(1, sizeof(*ahead));
    ahead_forget(ahead);
    ahead->first = c;
    ahead->n = n;
    ahead_run(ahead, dir->fd, workers);
    return &ahead->seen[0];
}

void compare_ahead_done(struct compare *cmp)
{
    if (cmp->ahead)
        ahead_forget(cmp->ahead);
    free(cmp->ahead);
}
