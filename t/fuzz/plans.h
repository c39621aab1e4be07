/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_FUZZ_PLANS_H
#define CCM_T_FUZZ_PLANS_H

#include "plan/plan.h"

/* Ends the process if the plan holds what must not be in one. */
void fuzz_check_plan(const struct plan *plan);

#endif
