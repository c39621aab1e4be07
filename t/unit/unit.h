/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_UNIT_H
#define CCM_T_UNIT_UNIT_H

/* What every unit test includes first: cmocka and what it needs. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* Scales a test's patience in milliseconds: longer under valgrind. */
static inline int64_t unit_ms(int64_t ms)
{
    const char *slowness = getenv("CCM_TEST_SLOWNESS");

    return slowness ? ms * strtol(slowness, NULL, 10) : ms;
}

#endif
