# SPDX-License-Identifier: ISC
UNIT_TESTS += t/unit/graph_test t/unit/declaration_test

t_unit_graph_test_SOURCES = t/unit/graph_test.c
t_unit_graph_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_graph_test_LDADD = libhost.a $(BASE_LIBS) $(CMOCKA_LIBS)

t_unit_declaration_test_SOURCES = t/unit/declaration_test.c t/unit/files.h $(SCRATCH)
t_unit_declaration_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_declaration_test_LDADD = libhost.a $(OBJECTS_LIBS) $(CMOCKA_LIBS)

UNIT_TESTS += t/unit/module_test t/unit/planner_act_test t/unit/planner_test

t_unit_module_test_SOURCES = t/unit/module_test.c t/unit/files.h $(SCRATCH)
t_unit_module_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_module_test_LDADD = libhost.a $(OBJECTS_LIBS) $(CMOCKA_LIBS)

PLANNER_PLACE = t/unit/planner_place.c t/unit/planner_place.h \
	t/unit/files.h $(SCRATCH)

t_unit_planner_act_test_SOURCES = t/unit/planner_act_test.c $(PLANNER_PLACE)
t_unit_planner_act_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_planner_act_test_LDFLAGS = $(HOST_LINK)
t_unit_planner_act_test_LDADD = $(HOST_LIBS) $(CMOCKA_LIBS)
t_unit_planner_act_test_DEPENDENCIES = $(HOST_NEEDS)

t_unit_planner_test_SOURCES = t/unit/planner_test.c $(PLANNER_PLACE)
t_unit_planner_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_planner_test_LDFLAGS = $(HOST_LINK)
t_unit_planner_test_LDADD = $(HOST_LIBS) $(CMOCKA_LIBS)
t_unit_planner_test_DEPENDENCIES = $(HOST_NEEDS)

UNIT_TESTS += t/unit/api_declare_test t/unit/api_test t/unit/catalog_test

API_PLACE = t/unit/api_place.c t/unit/api_place.h t/unit/files.h $(SCRATCH)

t_unit_api_declare_test_SOURCES = t/unit/api_declare_test.c $(API_PLACE)
t_unit_api_declare_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_api_declare_test_LDADD = libhost.a $(HOST_LIBS) $(CMOCKA_LIBS)

t_unit_api_test_SOURCES = t/unit/api_test.c $(API_PLACE)
t_unit_api_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_api_test_LDADD = libhost.a $(HOST_LIBS) $(CMOCKA_LIBS)

t_unit_catalog_test_SOURCES = t/unit/catalog_test.c t/unit/files.h $(SCRATCH)
t_unit_catalog_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_catalog_test_LDFLAGS = $(HOST_LINK)
t_unit_catalog_test_LDADD = $(HOST_LIBS) $(CMOCKA_LIBS)
t_unit_catalog_test_DEPENDENCIES = $(HOST_NEEDS)
