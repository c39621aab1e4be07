# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libobjects.a
libobjects_a_SOURCES = \
	core/objects/curl_late.c \
	core/objects/http_api.c core/objects/http_api.h \
	core/objects/link.c core/objects/link.h \
	core/objects/objects.c core/objects/objects.h \
	core/objects/objects_fetch.c \
	core/objects/request.c core/objects/request.h \
	core/objects/secret.c core/objects/secret.h \
	core/objects/source.h \
	core/objects/source_directory.c \
	core/objects/source_etcd.c \
	core/objects/source_http.c

# Without CURL_LIBS: see curl_late.c.
OBJECTS_LIBS = libobjects.a $(ETCD_LIBS) -ldl -lpthread
