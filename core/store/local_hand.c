/* SPDX-License-Identifier: ISC */
/*
 * inotify on two folders. Our own writes come as a rename onto the key's name
 * (io_replace_file), and as deletions; opening, writing or touching a key's
 * file is never ours. That tells a hand's doing apart even when time stamps
 * are too coarse to.
 *
 * One action of a person makes several events (create, attributes, close):
 * what is read at once is put together, one change a key.
 */
#include "local_hand.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"
#include "store/local_file.h"
#include "store/store_backend.h"

#include <errno.h>
#include <sys/inotify.h>

#define HAND_TOUCHED (IN_CREATE | IN_CLOSE_WRITE | IN_ATTRIB)
#define HAND_MASK                                                              \
    (HAND_TOUCHED | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_ONLYDIR)
#define EVENTS_FOLDER "events"

/* At a time; the loop comes again for the rest. */
#define READS_MAX 64

struct local_hand_change {
    struct local_hand_change *next;
    char *key; /* NULL: anything */
    bool touched;
};

static void local_hand_note(struct local_hand *hand, const char *key,
                            bool touched)
{
    struct local_hand_change **at = &hand->changes;

    for (; *at; at = &(*at)->next)
        if (key && (*at)->key && streq((*at)->key, key)) {
            (*at)->touched = (*at)->touched || touched;
            return;
        }
    *at = xcalloc(1, sizeof(**at));
    (*at)->key = key ? xstrdup(key) : NULL;
    (*at)->touched = touched;
}

static int local_hand_watch_events(struct local_hand *hand, struct error *err)
{
    cleanup_free char *events = xasprintf("%s/" EVENTS_FOLDER, hand->path);
    int r = io_make_dirs(events, err);

    if (r < 0)
        return error_prefix(err, r, "store");
    hand->events_wd = inotify_add_watch(hand->fd, events, HAND_MASK);
    if (hand->events_wd < 0)
        return error_errno(err, -errno, "store: cannot watch %s", events);
    return 0;
}

static void local_hand_sort_out(struct local_hand *hand,
                                const struct inotify_event *event)
{
    bool touched = (event->mask & HAND_TOUCHED) != 0;

    if (event->mask & IN_Q_OVERFLOW) {
        local_hand_note(hand, NULL, true);
    } else if (event->mask & IN_IGNORED) {
        /* The folder was removed: everything in it is gone with it. */
        if (event->wd == hand->events_wd) {
            local_hand_watch_events(hand, NULL);
            local_hand_note(hand, NULL, true);
        }
    } else if (event->mask & IN_ISDIR || event->len == 0) {
        return;
    } else if (event->wd == hand->top_wd) {
        if (streq(event->name, "flag"))
            local_hand_note(hand, event->name, touched);
    } else if (!local_file_ignores(event->name)) {
        cleanup_free char *key = xasprintf(EVENTS_FOLDER "/%s", event->name);

        if (txn_check_key(key) == 0)
            local_hand_note(hand, key, touched);
    }
}

static void local_hand_read(struct local_hand *hand)
{
    char bytes[4096]
        __attribute__((aligned(__alignof__(struct inotify_event))));
    unsigned reads = 0;
    ssize_t n;

    while (reads++ < READS_MAX &&
           (n = read(hand->fd, bytes, sizeof(bytes))) > 0) {
        const char *at = bytes;

        while (at < bytes + n) {
            const struct inotify_event *event =
                (const struct inotify_event *) (const void *) at;

            local_hand_sort_out(hand, event);
            at += sizeof(*event) + event->len;
        }
    }
}

static void local_hand_on_readable(void *userdata, short revents)
{
    struct local_hand *hand = userdata;
    struct local_hand_change *change;

    (void) revents;
    local_hand_read(hand);
    while ((change = hand->changes)) {
        hand->changes = change->next;
        hand->changed(hand->userdata, change->key, change->touched);
        free(change->key);
        free(change);
    }
}

int local_hand_open(struct local_hand *hand, struct loop *loop,
                    const char *path, struct error *err)
{
    int r;

    hand->path = xstrdup(path);
    hand->changes = NULL;
    hand->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (hand->fd < 0) {
        r = error_errno(err, -errno, "store: inotify");
        local_hand_close(hand);
        return r;
    }
    hand->top_wd = inotify_add_watch(hand->fd, path, HAND_MASK);
    r = hand->top_wd < 0
            ? error_errno(err, -errno, "store: cannot watch %s", path)
            : local_hand_watch_events(hand, err);
    if (r < 0) {
        local_hand_close(hand);
        return r;
    }
    io_start(&hand->io, loop, hand->fd, IO_READ, local_hand_on_readable, hand);
    return 0;
}

void local_hand_close(struct local_hand *hand)
{
    io_stop(&hand->io);
    if (hand->fd >= 0)
        close(hand->fd);
    hand->fd = -1;
    free(hand->path);
    hand->path = NULL;
}
