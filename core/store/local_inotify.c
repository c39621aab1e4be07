/* SPDX-License-Identifier: ISC */
/*
 * inotify on two folders. Our own writes come as a rename onto the key's name
 * (io_replace_file), and as deletions; opening, writing or touching a key's
 * file is never ours. So what a person did can be told apart even when time
 * stamps are too coarse.
 *
 * One action of a person makes several events (create, attributes, close): the
 * events that are read together become one change for each key.
 */
#include "local_inotify.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"
#include "store/local_file.h"
#include "store/store_backend.h"

#include <errno.h>
#include <sys/inotify.h>

#define INOTIFY_TOUCHED (IN_CREATE | IN_CLOSE_WRITE | IN_ATTRIB)
#define INOTIFY_MASK                                                           \
    (INOTIFY_TOUCHED | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_ONLYDIR)
#define EVENTS_FOLDER "events"

/* At a time; the loop comes again for the rest. */
#define READS_MAX 64

struct local_inotify_change {
    struct local_inotify_change *next;
    char *key; /* NULL: anything */
    bool touched;
};

static void local_inotify_note(struct local_inotify *inotify, const char *key,
                               bool touched)
{
    struct local_inotify_change **at = &inotify->changes;

    for (; *at; at = &(*at)->next)
        if (key && (*at)->key && streq((*at)->key, key)) {
            (*at)->touched = (*at)->touched || touched;
            return;
        }
    *at = xcalloc(1, sizeof(**at));
    (*at)->key = key ? xstrdup(key) : NULL;
    (*at)->touched = touched;
}

static int local_inotify_watch_events(struct local_inotify *inotify,
                                      struct error *err)
{
    cleanup_free char *events = xasprintf("%s/" EVENTS_FOLDER, inotify->path);
    int r = io_make_dirs(events, err);

    if (r < 0)
        return error_prefix(err, r, "store");
    inotify->events_wd = inotify_add_watch(inotify->fd, events, INOTIFY_MASK);
    if (inotify->events_wd < 0)
        return error_errno(err, -errno, "store: cannot watch %s", events);
    return 0;
}

static void local_inotify_sort_out(struct local_inotify *inotify,
                                   const struct inotify_event *event)
{
    bool touched = (event->mask & INOTIFY_TOUCHED) != 0;

    if (event->mask & IN_Q_OVERFLOW) {
        local_inotify_note(inotify, NULL, true);
    } else if (event->mask & IN_IGNORED) {
        /* The directory was removed, and everything in it. */
        if (event->wd == inotify->events_wd) {
            local_inotify_watch_events(inotify, NULL);
            local_inotify_note(inotify, NULL, true);
        }
    } else if (event->mask & IN_ISDIR || event->len == 0) {
        return;
    } else if (event->wd == inotify->top_wd) {
        if (streq(event->name, "flag"))
            local_inotify_note(inotify, event->name, touched);
    } else if (!local_file_ignores(event->name)) {
        cleanup_free char *key = xasprintf(EVENTS_FOLDER "/%s", event->name);

        if (txn_check_key(key) == 0)
            local_inotify_note(inotify, key, touched);
    }
}

static void local_inotify_read(struct local_inotify *inotify)
{
    char bytes[4096]
        __attribute__((aligned(__alignof__(struct inotify_event))));
    unsigned reads = 0;
    ssize_t n;

    while (reads++ < READS_MAX &&
           (n = read(inotify->fd, bytes, sizeof(bytes))) > 0) {
        const char *at = bytes;

        while (at < bytes + n) {
            const struct inotify_event *event =
                (const struct inotify_event *) (const void *) at;

            local_inotify_sort_out(inotify, event);
            at += sizeof(*event) + event->len;
        }
    }
}

static void local_inotify_on_readable(void *userdata, short revents)
{
    struct local_inotify *inotify = userdata;
    struct local_inotify_change *change;

    (void) revents;
    local_inotify_read(inotify);
    while ((change = inotify->changes)) {
        inotify->changes = change->next;
        inotify->changed(inotify->userdata, change->key, change->touched);
        free(change->key);
        free(change);
    }
}

int local_inotify_open(struct local_inotify *inotify, struct loop *loop,
                       const char *path, struct error *err)
{
    int r;

    inotify->path = xstrdup(path);
    inotify->changes = NULL;
    inotify->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (inotify->fd < 0) {
        r = error_errno(err, -errno, "store: inotify");
        local_inotify_close(inotify);
        return r;
    }
    inotify->top_wd = inotify_add_watch(inotify->fd, path, INOTIFY_MASK);
    r = inotify->top_wd < 0
            ? error_errno(err, -errno, "store: cannot watch %s", path)
            : local_inotify_watch_events(inotify, err);
    if (r < 0) {
        local_inotify_close(inotify);
        return r;
    }
    io_start(&inotify->io, loop, inotify->fd, IO_READ,
             local_inotify_on_readable, inotify);
    return 0;
}

void local_inotify_close(struct local_inotify *inotify)
{
    io_stop(&inotify->io);
    if (inotify->fd >= 0)
        close(inotify->fd);
    inotify->fd = -1;
    free(inotify->path);
    inotify->path = NULL;
}
