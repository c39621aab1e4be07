# SPDX-License-Identifier: ISC
EXTRA_DIST += t/demo t/e2e/lib.sh t/e2e/tap.sh t/e2e/history.py t/e2e/api.py

check_PROGRAMS += t/e2e/things.so
t_e2e_things_so_SOURCES = t/e2e/things.c
t_e2e_things_so_CFLAGS = $(MODULE_COMPILE)
t_e2e_things_so_LDFLAGS = $(MODULE_LINK)
