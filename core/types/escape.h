/* SPDX-License-Identifier: ISC */
#ifndef CCM_TYPES_ESCAPE_H
#define CCM_TYPES_ESCAPE_H

/* Text of a customer as data in a configuration file's syntax. */

#include "base/buf.h"
#include "base/error.h"
#include "ccm/module.h"

/*
 * Appends text, escaped for the syntax (see enum ccm_syntax). Returns 0, or
 * -EINVAL with the reason in err ("has a control character"): the syntax cannot
 * express the text, or is unknown. Nothing is appended then.
 */
int escape_put(struct buf *out, enum ccm_syntax syntax, const char *text,
               struct error *err);

#endif
