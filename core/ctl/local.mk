# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libctl.a
libctl_a_SOURCES = \
	core/ctl/client.c \
	core/ctl/commands.c \
	core/ctl/command_flag.c \
	core/ctl/command_import.c \
	core/ctl/command_module.c \
	core/ctl/command_module_make.c \
	core/ctl/command_object.c \
	core/ctl/command_plan.c \
	core/ctl/command_status.c \
	core/ctl/command_type.c \
	core/ctl/command_wait.c \
	core/ctl/ctl.h \
	core/ctl/fail.c \
	core/ctl/object_file.c core/ctl/object_file.h \
	core/ctl/options.c core/ctl/options.h \
	core/ctl/show.c \
	core/ctl/text.c core/ctl/text.h \
	core/ctl/text_table.c core/ctl/text_table.h \
	core/ctl/types.c core/ctl/types.h

CTL_LIBS = libctl.a libtypes.a $(CONFIG_LIBS)

bin_PROGRAMS += ccmctl
ccmctl_SOURCES = core/ctl/ccmctl.c
ccmctl_LDADD = $(CTL_LIBS)

# The files of `ccmctl module new`, as C strings.
MODULE_TEMPLATES = NAME.c NAME.conf Makefile t/check t/expected \
	t/objects/unix-users.json
MODULE_TEMPLATE_FILES = $(MODULE_TEMPLATES:%=$(srcdir)/etc/module/%.new)
EXTRA_DIST += $(MODULE_TEMPLATES:%=etc/module/%.new)
CLEANFILES += core/ctl/module_template.inc
core/ctl/module_template.inc: $(MODULE_TEMPLATE_FILES)
	@$(MKDIR_P) core/ctl
	$(AM_V_GEN)for name in $(MODULE_TEMPLATES); do \
	    echo "{\"$$name\","; \
	    $(SED) -e 's/[\\"]/\\&/g' -e 's/^/"/' -e 's/$$/\\n"/' \
	        "$(srcdir)/etc/module/$$name.new"; \
	    echo '},'; \
	done >$@.new && mv $@.new $@
core/ctl/command_module_make.$(OBJEXT): core/ctl/module_template.inc
