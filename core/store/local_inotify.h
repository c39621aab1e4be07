/* SPDX-License-Identifier: ISC */
#ifndef CCM_STORE_LOCAL_INOTIFY_H
#define CCM_STORE_LOCAL_INOTIFY_H

/* Notices what people do to a local store's folder by hand: to the files
 * below events/, and to the file flag. */

#include "base/error.h"
#include "loop/loop.h"

#include <stdbool.h>

struct local_inotify_change;

struct local_inotify {
    char *path;
    int fd; /* of inotify */
    int top_wd, events_wd;
    struct io io;
    struct local_inotify_change *changes;
    /*
     * The file of key came, went or changed. touched: certainly by hand;
     * otherwise it may have been our own doing. key NULL: anything may have
     * changed, by hand. Called from the loop.
     */
    void (*changed)(void *userdata, const char *key, bool touched);
    void *userdata;
};

/* Makes path/events if need be. Set changed and userdata before. */
int local_inotify_open(struct local_inotify *inotify, struct loop *loop,
                       const char *path, struct error *err);
void local_inotify_close(struct local_inotify *inotify);

#endif
