# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libcommand.a
libcommand_a_SOURCES = \
	core/command/accounts.c core/command/accounts.h \
	core/command/accounts_system.c core/command/accounts_system.h \
	core/command/capture.c core/command/capture.h \
	core/command/command.c core/command/command.h \
	core/command/command_user.c core/command/command_user.h \
	core/command/keeper.c core/command/keeper.h \
	core/command/start.c core/command/start.h

COMMAND_LIBS = libcommand.a $(PLAN_LIBS)
