# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libloop.a
libloop_a_SOURCES = \
	core/loop/backoff.c core/loop/backoff.h \
	core/loop/child.c core/loop/child.h \
	core/loop/http.c core/loop/http.h \
	core/loop/loop.c core/loop/loop.h \
	core/loop/notify.c core/loop/notify.h

LOOP_LIBS = libloop.a $(ETCD_LIBS) $(CURL_LIBS)
