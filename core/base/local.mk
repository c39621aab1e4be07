# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	core/base/alloc.c core/base/alloc.h \
	core/base/base64.c core/base/base64.h \
	core/base/buf.c core/base/buf.h \
	core/base/clock.c core/base/clock.h \
	core/base/config.c core/base/config.h \
	core/base/config_check.c core/base/config_digest.c \
	core/base/config_read.c \
	core/base/config_schema.c core/base/config_schema.h \
	core/base/config_service.c \
	core/base/digest.c core/base/digest.h \
	core/base/error.c core/base/error.h \
	core/base/etcd_wire.c core/base/etcd_wire.h \
	core/base/etcd_wire_decode.c core/base/etcd_wire_error.c \
	core/base/http_setup.c core/base/http_setup.h \
	core/base/io.c core/base/io.h \
	core/base/json.c core/base/json.h \
	core/base/log.c core/base/log.h \
	core/base/name.c core/base/name.h \
	core/base/near.c core/base/near.h \
	core/base/path.c core/base/path.h \
	core/base/protocol.h \
	core/base/util.h

BASE_LIBS = libbase.a $(JANSSON_LIBS) $(LIBCONFIG_LIBS) $(XXHASH_LIBS)
