/* SPDX-License-Identifier: ISC */
/* Deltas of each kind. */
#include "preview_sample.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <sys/stat.h>

static struct plan_configuration configurations[] = {{.name = "crontab"},
                                                     {.name = "web"}};
const struct plan sample_plan = {.configurations = configurations,
                                 .n_configurations = 2};

const struct change sample_updated = {FILE_AS("/etc/cron.d/alice", "1\nb\n3"),
                                      .object = "crons/17"};
const struct change sample_created = {FILE_AS("/etc/a name", "new\n")};
static const struct change empty = {FILE_AS("/etc/e \"m\\pty", "")};
static const struct change modes = {FILE_AS("/etc/modes", "same\n")};
static const struct change secret = {FILE_AS("/etc/secret", "new password\n"),
                                     .sensitive = true};
static const struct change exclusive = {.kind = CHANGE_EXCLUSIVE,
                                        .path = "/etc/cron.d",
                                        .target = "*",
                                        .configuration = 1};
static const struct change directory = {.kind = CHANGE_DIRECTORY,
                                        .path = "/srv/x",
                                        .owner = "alice",
                                        .group = "www",
                                        .mode = 0750};
static const struct change symlink_ = {.kind = CHANGE_SYMLINK,
                                       .path = "/etc/link",
                                       .target = "/new",
                                       .owner = "root",
                                       .group = "root"};
static const struct change user = {.kind = CHANGE_USER, .name = "alice"};
static const struct change command = {
    .kind = CHANGE_COMMAND,
    .list = (const char *const[]){"/usr/bin/tool", "a b", NULL},
    .user = "alice",
    .object = "crons/18"};

struct delta *sample_add(struct deltas *deltas, const struct change *c,
                         enum delta_action action)
{
    struct delta *d = deltas_add(deltas);

    d->change = c;
    d->action = action;
    d->path = c->path ? xstrdup(c->path) : NULL;
    d->content = true;
    return d;
}

void sample_set_old(struct delta *d, mode_t mode, const char *text)
{
    d->old_mode = mode;
    d->old = text ? xstrdup(text) : NULL;
    d->old_size = text ? strlen(text) : 0;
}

struct delta *sample_add_removed(struct deltas *deltas, const char *path,
                                 mode_t mode, const char *text)
{
    struct delta *d = sample_add(deltas, &exclusive, DELTA_DELETE);

    free(d->path);
    d->path = xstrdup(path);
    sample_set_old(d, mode, text);
    return d;
}

void sample_fill(struct deltas *deltas)
{
    struct delta *d;

    sample_set_old(sample_add(deltas, &sample_updated, DELTA_UPDATE),
                   S_IFREG | 0644, "1\n2\n3\n");
    sample_add(deltas, &sample_created, DELTA_CREATE);
    sample_add(deltas, &empty, DELTA_CREATE);
    d = sample_add(deltas, &modes, DELTA_UPDATE);
    sample_set_old(d, S_IFREG | 0600, "same\n");
    d->content = false;
    d->mode = d->owner = true;
    d->old_uid = 1000;
    d->old_gid = 1001;
    sample_set_old(sample_add(deltas, &secret, DELTA_UPDATE), S_IFREG | 0600,
                   NULL);
    sample_add_removed(deltas, "/etc/cron.d/old", S_IFREG | 0644, "old\n");
    sample_add_removed(deltas, "/etc/cron.d/old empty", S_IFREG | 0644, "");
    sample_add_removed(deltas, "/etc/cron.d/key", S_IFREG | 0600, "old key\n");
    sample_add(deltas, &directory, DELTA_CREATE);
    sample_set_old(sample_add(deltas, &symlink_, DELTA_UPDATE), S_IFLNK | 0777,
                   "/old");
    sample_add(deltas, &user, DELTA_UPDATE)->detail = xstrdup("shell a -> b");
    sample_add(deltas, &command, DELTA_RUN);
    deltas_add_service(deltas, "cron", false, true);
    deltas_add_service(deltas, "nginx", true, false);
}
