/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_NEAR_H
#define CCM_BASE_NEAR_H

/* The number of letters by which two names differ (Levenshtein's distance), for
 * "did you mean". UINT_MAX if either is longer than 31 bytes. */
unsigned near_distance(const char *a, const char *b);

/* The distance up to which a name may be a misspelling of the other. */
unsigned near_limit(const char *name);

#endif
