/* SPDX-License-Identifier: ISC */
#ifndef CCM_PLAN_WIRE_H
#define CCM_PLAN_WIRE_H

/*
 * The format in which a planner sends its declarations to the runner: records
 * of native-endian u32 words and strings (u32 length, bytes, NUL). Both ends
 * are the same program on the same machine; it is never stored. The encoding is
 * canonical: the same declarations give the same bytes, so its digest is the
 * configuration's digest.
 */

#include "base/buf.h"
#include "plan/plan.h"

/* Appends one change (its configuration field is not encoded). */
void wire_put(struct buf *buf, const struct change *change);

/*
 * Decodes the record at *offset and moves *offset behind it. Strings point into
 * bytes; list, probe and env point into memory that the caller frees
 * (*list_memory, new, NULL if there is no list). Every length, kind, flag and
 * terminator is checked; the meaning of a declaration is not (plan_add checks
 * that). Returns 0 or -EPROTO; on failure the outputs are unchanged.
 * Six parameters: the input, the record with its memory, and err.
 */
int wire_get(const char *bytes, size_t size, size_t *offset,
             struct change *change, const char ***list_memory,
             struct error *err);

#endif
