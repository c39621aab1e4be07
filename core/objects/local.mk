# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libobjects.a
libobjects_a_SOURCES = \
	core/objects/objects.h
