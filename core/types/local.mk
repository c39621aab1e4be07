# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libtypes.a
libtypes_a_SOURCES = \
	core/types/escape.c core/types/escape.h \
	core/types/grammar.c core/types/grammar.h \
	core/types/grammar_host.c \
	core/types/grammar_key.c \
	core/types/grammar_text.c \
	core/types/type.c core/types/type.h \
	core/types/type_check.c \
	core/types/type_schema.c core/types/type_schema.h \
	core/types/type_table.c

TYPES_LIBS = libtypes.a $(BASE_LIBS)
