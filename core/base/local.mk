# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	core/base/alloc.c core/base/alloc.h \
	core/base/buf.c core/base/buf.h \
	core/base/clock.c core/base/clock.h \
	core/base/digest.c core/base/digest.h \
	core/base/error.c core/base/error.h \
	core/base/io.c core/base/io.h \
	core/base/json.c core/base/json.h \
	core/base/log.c core/base/log.h \
	core/base/name.c core/base/name.h \
	core/base/near.c core/base/near.h \
	core/base/object_id.h \
	core/base/path.c core/base/path.h \
	core/base/protocol.h \
	core/base/table.c core/base/table.h \
	core/base/turn_note.c core/base/turn_note.h \
	core/base/util.h \
	core/base/visible.c core/base/visible.h

BASE_LIBS = libbase.a $(JANSSON_LIBS) $(XXHASH_LIBS)
