# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libctl.a
libctl_a_SOURCES = \
	core/ctl/client.c \
	core/ctl/command.c \
	core/ctl/ctl.h \
	core/ctl/flag.c \
	core/ctl/import.c \
	core/ctl/module.c \
	core/ctl/object.c \
	core/ctl/options.c core/ctl/options.h \
	core/ctl/plan.c \
	core/ctl/show.c \
	core/ctl/status.c \
	core/ctl/text.c core/ctl/text.h \
	core/ctl/wait.c

bin_PROGRAMS += ccmctl
ccmctl_SOURCES = core/ctl/main.c
ccmctl_LDADD = libctl.a $(BASE_LIBS)
