# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libtypes.a
libtypes_a_SOURCES = \
	core/types/escape.c core/types/escape.h \
	core/types/grammar.c core/types/grammar.h \
	core/types/grammar_host.c \
	core/types/grammar_key.c \
	core/types/grammar_text.c

TYPES_LIBS = libtypes.a $(BASE_LIBS)
