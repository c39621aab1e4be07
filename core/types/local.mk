# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libtypes.a
libtypes_a_SOURCES = \
	core/types/escape.c core/types/escape.h

TYPES_LIBS = libtypes.a $(BASE_LIBS)
