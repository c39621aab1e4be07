# SPDX-License-Identifier: ISC
UNIT_TESTS += t/unit/objects_test

t_unit_objects_test_SOURCES = t/unit/objects_test.c
t_unit_objects_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_objects_test_LDADD = $(OBJECTS_LIBS) $(CMOCKA_LIBS)
