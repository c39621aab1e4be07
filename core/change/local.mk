# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libchange.a
libchange_a_SOURCES = \
	core/change/delta.c core/change/delta.h \
	core/change/engine.h \
	core/change/plan.h \
	core/change/wire.h
