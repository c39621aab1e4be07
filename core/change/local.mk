# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libchange.a
libchange_a_SOURCES = \
	core/change/account.c core/change/account.h \
	core/change/account_apply.c \
	core/change/account_state.c core/change/account_state.h \
	core/change/accounts.c core/change/accounts.h \
	core/change/capture.c core/change/capture.h \
	core/change/command.c core/change/command.h \
	core/change/delta.c core/change/delta.h \
	core/change/diff.c core/change/diff.h \
	core/change/diff_lines.c core/change/diff_lines.h \
	core/change/engine.h \
	core/change/guard.c core/change/guard.h \
	core/change/history.c core/change/history.h \
	core/change/history_text.c core/change/history_text.h \
	core/change/identity.c core/change/identity.h \
	core/change/keeper.c core/change/keeper.h \
	core/change/plan.h \
	core/change/preview.c core/change/preview.h \
	core/change/preview_json.c \
	core/change/preview_parts.c core/change/preview_parts.h \
	core/change/service.c core/change/service.h \
	core/change/start.c core/change/start.h \
	core/change/visible.c core/change/visible.h \
	core/change/wire.h
