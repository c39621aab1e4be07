# SPDX-License-Identifier: ISC
noinst_LIBRARIES += libconfiguration.a
libconfiguration_a_SOURCES = \
	core/config/config.c core/config/config.h \
	core/config/config_check.c \
	core/config/config_digest.c \
	core/config/config_fault.c \
	core/config/config_read.c \
	core/config/config_schema.c core/config/config_schema.h \
	core/config/config_service.c \
	core/config/config_whole.c

CONFIG_LIBS = libconfiguration.a $(BASE_LIBS) $(LIBCONFIG_LIBS)
