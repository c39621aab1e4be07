# SPDX-License-Identifier: ISC
UNIT_TESTS += t/unit/command/command_test \
	t/unit/command/command_end_test

t_unit_command_command_end_test_SOURCES = t/unit/command/command_end_test.c \
	$(SCRATCH)
t_unit_command_command_end_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_command_command_end_test_LDADD = $(COMMAND_LIBS) $(CMOCKA_LIBS)

t_unit_command_command_test_SOURCES = t/unit/command/command_test.c $(SCRATCH)
t_unit_command_command_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_command_command_test_LDADD = $(COMMAND_LIBS) $(CMOCKA_LIBS)
