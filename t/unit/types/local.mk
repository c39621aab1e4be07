# SPDX-License-Identifier: ISC
UNIT_TESTS += t/unit/types/escape_test t/unit/types/grammar_test \
	t/unit/types/type_test

t_unit_types_escape_test_SOURCES = t/unit/types/escape_test.c
t_unit_types_escape_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_types_escape_test_LDADD = $(TYPES_LIBS) $(CMOCKA_LIBS)

t_unit_types_grammar_test_SOURCES = t/unit/types/grammar_test.c
t_unit_types_grammar_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_types_grammar_test_LDADD = $(TYPES_LIBS) $(CMOCKA_LIBS)

t_unit_types_type_test_SOURCES = t/unit/types/type_test.c
t_unit_types_type_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_types_type_test_LDADD = $(TYPES_LIBS) $(CMOCKA_LIBS)
