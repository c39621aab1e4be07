# SPDX-License-Identifier: ISC
# The configurations that ccm brings. They see <ccm/module.h> only.
MODULE_COMPILE = $(AM_CFLAGS) -fPIC -fvisibility=hidden
MODULE_LINK = $(AM_LDFLAGS) -shared

module_PROGRAMS += modules/crontab.so modules/fpm-pools.so modules/exec.so
module_PROGRAMS += modules/certificates.so

modules_crontab_so_SOURCES = modules/crontab.c \
	modules/crontab_schedule.c modules/crontab_schedule.h
modules_crontab_so_CFLAGS = $(MODULE_COMPILE)
modules_crontab_so_LDFLAGS = $(MODULE_LINK)
modules_crontab_so_LDADD = $(JANSSON_LIBS)

modules_fpm_pools_so_SOURCES = modules/fpm-pools.c \
	modules/fpm_settings.c modules/fpm_settings.h
modules_fpm_pools_so_CFLAGS = $(MODULE_COMPILE)
modules_fpm_pools_so_LDFLAGS = $(MODULE_LINK)
modules_fpm_pools_so_LDADD = $(JANSSON_LIBS)

modules_certificates_so_SOURCES = modules/certificates.c \
	modules/certificate.c modules/certificate.h
modules_certificates_so_CFLAGS = $(MODULE_COMPILE) $(SSL_CFLAGS)
modules_certificates_so_LDFLAGS = $(MODULE_LINK)
modules_certificates_so_LDADD = $(JANSSON_LIBS) $(SSL_LIBS)

modules_exec_so_SOURCES = modules/exec.c modules/exec.h \
	modules/exec_change.c modules/exec_field.c modules/exec_place.c
modules_exec_so_CFLAGS = $(MODULE_COMPILE)
modules_exec_so_LDFLAGS = $(MODULE_LINK)
modules_exec_so_LDADD = $(JANSSON_LIBS)

# Examples: to be copied to modules.d by whoever wants the configuration.
modulesddir = $(docdir)/modules.d
dist_modulesd_DATA = modules.d/crontab.conf modules.d/fpm-pools.conf \
	modules.d/certificates.conf

# A module in Python, and what such a module reads and prints.
planexampledir = $(docdir)/examples/exec
dist_planexample_SCRIPTS = modules.d/exec/url-redirects.py
dist_planexample_DATA = modules.d/exec/url-redirects.conf
dist_pkgdata_DATA = modules/exec-input.schema.json \
	modules/exec-output.schema.json

E2E_TESTS += t/t0300-crontab.t \
	t/t0301-name-services.t t/t0310-fpm-pools.t t/t0320-exec.t \
	t/t0321-exec-runtimes.t t/t0322-planners.t t/t0323-libraries.t \
	t/t0330-module-new.t \
	t/t0331-module-check.t t/t0350-reload.t
E2E_TESTS += t/t0362-certificates.t
