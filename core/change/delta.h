/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_DELTA_H
#define CCM_CHANGE_DELTA_H

/*
 * The results of comparing a plan with the node: one delta for each action, in
 * the order of the actions. The preview shows them, the transaction carries
 * them out, and the history keeps them. As there is only one list, what is
 * shown is what is done.
 */

#include "plan/plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum delta_action {
    DELTA_CREATE,
    DELTA_UPDATE,
    DELTA_DELETE,
    DELTA_RUN, /* a command */
};

struct delta {
    enum delta_action action;
    const struct change *change; /* what declared it */

    /* Below root, absolute in root's terms; for an exclusive directory the
     * file that goes. NULL for GROUP, USER, COMMAND. Owned by the delta. */
    char *path;
    mode_t old_mode; /* with the type bits; 0 if there was nothing */
    uid_t old_uid;
    gid_t old_gid;
    char *old; /* contents of the old file, or the old link's target;
                  NULL if there was none, or sensitive, or too large
                  to show (old_large). Owned. */
    size_t old_size;
    bool
        old_large; /* more than DELTA_SHOW_MAX bytes: only shown as different */
    bool content;  /* the contents differ */
    bool mode;     /* the mode differs */
    bool owner;    /* owner or group differ */
    char *detail;  /* USER, GROUP: what differs, for people
                      ("shell /bin/sh -> /bin/bash"). Owned, may be NULL */
};

#define DELTA_SHOW_MAX (1024 * 1024)

/* A service that will be reloaded or restarted. */
struct delta_service {
    const char *name;
    bool restart;
    bool changed; /* false: only owed from an earlier run */
};

struct deltas {
    struct delta *list;
    size_t n;
    size_t capacity;
    struct delta_service *services; /* in order of first mention */
    size_t n_services;
    size_t services_capacity;
};

/* Appends a zeroed delta. Returns borrowed (valid until the next call). */
struct delta *deltas_add(struct deltas *deltas);
/* Adds a service, or merges it with an existing one (restart wins). */
void deltas_add_service(struct deltas *deltas, const char *name, bool restart,
                        bool changed);
void deltas_done(struct deltas *deltas);

#endif
