# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libhost.a
libhost_a_SOURCES = \
	core/host/answers.c core/host/answers.h \
	core/host/api.c core/host/api.h \
	core/host/api_account.c \
	core/host/api_check.c core/host/api_check.h \
	core/host/api_declare.c \
	core/host/api_encode.c \
	core/host/api_escape.c \
	core/host/api_fail.c \
	core/host/api_file.c \
	core/host/api_get.c \
	core/host/api_object.c \
	core/host/api_owner.c \
	core/host/api_path.c \
	core/host/api_program.c \
	core/host/api_referring.c \
	core/host/arena.c core/host/arena.h \
	core/host/brief.c core/host/brief.h \
	core/host/catalog.c core/host/catalog.h \
	core/host/catalog_types.c core/host/catalog_types.h \
	core/host/confine.c core/host/confine.h \
	core/host/confine_calls.c \
	core/host/confine_filter.c core/host/confine_filter.h \
	core/host/confine_landlock.c core/host/confine_landlock.h \
	core/host/confined.c core/host/confined.h \
	core/host/confined_child.c core/host/confined_child.h \
	core/host/confined_wait.c \
	core/host/declaration.c core/host/declaration.h \
	core/host/declarations.c \
	core/host/describe.c core/host/describe.h \
	core/host/describe_child.c core/host/describe_child.h \
	core/host/elf_file.c core/host/elf_file.h \
	core/host/fence.c core/host/fence.h \
	core/host/graph.c core/host/graph.h \
	core/host/libraries.c core/host/libraries.h \
	core/host/mode_check.c core/host/mode_check.h \
	core/host/mode_check_compare.c \
	core/host/mode_check_note.c \
	core/host/mode_check_plan.c \
	core/host/mode_check_variant.c \
	core/host/mode_look.c core/host/mode_look.h \
	core/host/mode_plan.c \
	core/host/mode_run.c \
	core/host/module.c core/host/module.h \
	core/host/module_load.c \
	core/host/names.c core/host/names.h \
	core/host/planner.c core/host/planner.h \
	core/host/planner_child.c core/host/planner_child.h \
	core/host/planner_read.c \
	core/host/planner_result.c core/host/planner_result.h \
	core/host/program.c core/host/program.h \
	core/host/program_run.c \
	core/host/record.c core/host/record.h \
	core/host/run.c core/host/run.h \
	core/host/run_types.c core/host/run_types.h \
	core/host/setting.c core/host/setting.h \
	core/host/trust.c core/host/trust.h \
	core/host/zygote.c core/host/zygote.h \
	core/host/zygote_wire.c

# Everything that a module can call must be in the program, used or not. All
# symbols are bound at the start: once, instead of in each planner.
HOST_LINK = $(AM_LDFLAGS) -Wl,-z,relro,-z,now \
	-Wl,--dynamic-list=$(srcdir)/core/host/ccm-api.list \
	-Wl,--whole-archive,libhost.a,libtypes.a,--no-whole-archive
HOST_LIBS = libtypes.a libchange.a libcommand.a libplan.a $(OBJECTS_LIBS) $(SECCOMP_LIBS)
HOST_NEEDS = libhost.a libtypes.a libchange.a libcommand.a libplan.a libobjects.a \
	libetcd.a libconfiguration.a libbase.a \
	$(srcdir)/core/host/ccm-api.list
EXTRA_DIST += core/host/ccm-api.list

pkglibexec_PROGRAMS += ccm-runner
ccm_runner_SOURCES = core/host/ccm_runner.c
ccm_runner_LDFLAGS = $(HOST_LINK)
ccm_runner_LDADD = $(HOST_LIBS)
ccm_runner_DEPENDENCIES = $(HOST_NEEDS)
