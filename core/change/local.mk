# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libchange.a
libchange_a_SOURCES = \
	core/change/account.h \
	core/change/accounts.h \
	core/change/command.h \
	core/change/delta.c core/change/delta.h \
	core/change/diff.h \
	core/change/engine.h \
	core/change/guard.h \
	core/change/history.h \
	core/change/plan.h \
	core/change/preview.h \
	core/change/service.h \
	core/change/wire.h
