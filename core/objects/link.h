/* SPDX-License-Identifier: ISC */
#ifndef CCM_OBJECTS_LINK_H
#define CCM_OBJECTS_LINK_H

/* Web links (RFC 8288): where the next page is. */

#include "base/error.h"

/* The target of the first link with the relation "next". Returns new (freed
 * with free), or NULL if there is none. Malformed text ends the search. */
char *link_next(const char *header);

/*
 * Resolves target against the URL of the current page, and checks that it is
 * below the base URL: same scheme, host, port, a path below the base's, and no
 * user. So a Link header cannot send our API key elsewhere. Sets *out, new
 * (freed with free). Returns 0, or -EPROTO.
 */
int link_resolve(const char *base, const char *current, const char *target,
                 char **out, struct error *err);

#endif
