/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_H
#define CCM_T_UNIT_H

/* What every unit test includes first: cmocka and what it needs. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
