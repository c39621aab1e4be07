/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_CHANGE_PREVIEW_SAMPLE_H
#define CCM_T_UNIT_CHANGE_PREVIEW_SAMPLE_H

/* Deltas of each kind, to be previewed. */

#include "change/delta.h"

#include <string.h>

#define FILE_AS(p, text)                                                       \
    .kind = CHANGE_FILE, .path = p, .content = text, .size = strlen(text),     \
    .owner = "root", .group = "root", .mode = 0644

extern const struct plan sample_plan;
extern const struct change sample_updated, sample_created;

/* Each adds one delta. Returns borrowed (valid until the next is added). */
struct delta *sample_add(struct deltas *deltas, const struct change *c,
                         enum delta_action action);
/* A file that goes because its directory is exclusive. */
struct delta *sample_add_removed(struct deltas *deltas, const char *path,
                                 mode_t mode, const char *text);
/* What stands there now; text NULL: its contents are not known. */
void sample_set_old(struct delta *d, mode_t mode, const char *text);

/* Adds one of each kind, and two services. */
void sample_fill(struct deltas *deltas);

#endif
