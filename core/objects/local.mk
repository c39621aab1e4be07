# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libobjects.a
libobjects_a_SOURCES = \
	core/objects/objects.c core/objects/objects.h \
	core/objects/source.h \
	core/objects/source_directory.c

OBJECTS_LIBS = libobjects.a $(BASE_LIBS) $(CURL_LIBS)
