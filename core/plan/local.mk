# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libplan.a
libplan_a_SOURCES = \
	core/plan/plan.c core/plan/plan.h \
	core/plan/plan_rules.c core/plan/plan_rules.h \
	core/plan/wire.c core/plan/wire.h

PLAN_LIBS = libplan.a $(BASE_LIBS)
