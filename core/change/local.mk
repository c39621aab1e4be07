# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libchange.a
libchange_a_SOURCES = \
	core/change/account.c core/change/account.h \
	core/change/account_apply.c \
	core/change/account_state.c core/change/account_state.h \
	core/change/apply.c core/change/apply.h \
	core/change/apply_test.c core/change/apply_test.h \
	core/change/commit.c core/change/commit.h \
	core/change/compare.c core/change/compare.h \
	core/change/compare_ahead.c \
	core/change/compare_command.c core/change/compare_content.c \
	core/change/compare_internal.h \
	core/change/compare_path.c \
	core/change/compare_removal.c \
	core/change/compare_service.c \
	core/change/delta.c core/change/delta.h \
	core/change/diff.c core/change/diff.h \
	core/change/diff_lines.c core/change/diff_lines.h \
	core/change/engine.c core/change/engine.h \
	core/change/fault.c core/change/fault.h \
	core/change/guard.c core/change/guard.h \
	core/change/history.c core/change/history.h \
	core/change/history_text.c core/change/history_text.h \
	core/change/journal.c core/change/journal.h \
	core/change/journal_load.c \
	core/change/journal_record.c core/change/journal_record.h \
	core/change/owed.c core/change/owed.h \
	core/change/owner.c core/change/owner.h \
	core/change/preview.c core/change/preview.h \
	core/change/preview_json.c \
	core/change/preview_parts.c core/change/preview_parts.h \
	core/change/protect.c core/change/protect.h \
	core/change/recover.c core/change/recover.h \
	core/change/rollback.c core/change/rollback.h \
	core/change/service.c core/change/service.h \
	core/change/stage.c core/change/stage.h \
	core/change/state.c core/change/state.h \
	core/change/swap.c core/change/swap.h \
	core/change/transaction.c core/change/transaction.h \
	core/change/tree.c core/change/tree.h \
	core/change/undo.c core/change/undo.h \
	core/change/work.c core/change/work.h

CHANGE_LIBS = libchange.a libcommand.a libplan.a $(CONFIG_LIBS)
