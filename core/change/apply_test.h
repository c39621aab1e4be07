/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_APPLY_TEST_H
#define CCM_CHANGE_APPLY_TEST_H

/* The tests that modules bring along: programs that change nothing. */

#include "change/work.h"

/* Finds the tests of the plan, before the others are called. */
void apply_test_find(struct work *work);

/* Of a file, whose new contents are staged and about to be moved in place.
 * Returns 0 or the failure. */
int apply_test_staged(struct work *work, const struct op *op,
                      struct error *err);

/* Of a service whose files are in place, before its reload. */
int apply_test_service(struct work *work, const char *service,
                       struct error *err);

#endif
