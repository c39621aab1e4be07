/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_PREVIEW_H
#define CCM_CHANGE_PREVIEW_H

/*
 * The results of a comparison, for people and for programs. They never contain
 * contents of sensitive files. Nor do they contain those of a removed file that
 * not all users may read: it is no longer declared, so it may contain a secret.
 */

#include "base/error.h"
#include "change/delta.h"
#include "plan/plan.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * As text. `patch -p1` in root applies it as it is: all but the diffs are lines
 * that begin with "#", which patch skips. With colour, or if out is a terminal,
 * control characters are made visible (\x1b), so that contents cannot control
 * the terminal. Returns 0 or -errno of writing.
 */
int preview_text(const struct deltas *deltas, const struct plan *plan,
                 FILE *out, bool colour, struct error *err);

/* As JSON, in the form that engine.h describes. Returns new (freed with
 * json_decref). */
json_t *preview_json(const struct deltas *deltas, const struct plan *plan);

/* The same, but without the diffs that would make more than diffs_max bytes
 * of diff together: "diff_omitted": true stands for each. For the history. */
json_t *preview_json_limited(const struct deltas *deltas,
                             const struct plan *plan, size_t diffs_max);

#endif
