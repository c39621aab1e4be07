# SPDX-License-Identifier: ISC
PLANNER_PLACE = t/unit/host/planner_fixture.c t/unit/host/planner_fixture.h \
	t/unit/files.h $(SCRATCH)
API_PLACE = t/unit/host/api_fixture.c t/unit/host/api_fixture.h \
	t/unit/files.h $(SCRATCH)

UNIT_TESTS += t/unit/host/api_declare_test t/unit/host/api_test \
	t/unit/host/catalog_test t/unit/host/declaration_test t/unit/host/graph_test \
	t/unit/host/module_test t/unit/host/planner_act_test \
	t/unit/host/planner_test

t_unit_host_api_declare_test_SOURCES = t/unit/host/api_declare_test.c \
	$(API_PLACE)
t_unit_host_api_declare_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_host_api_declare_test_LDADD = libhost.a $(HOST_LIBS) $(CMOCKA_LIBS)

t_unit_host_api_test_SOURCES = t/unit/host/api_test.c $(API_PLACE)
t_unit_host_api_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_host_api_test_LDADD = libhost.a $(HOST_LIBS) $(CMOCKA_LIBS)

t_unit_host_catalog_test_SOURCES = t/unit/host/catalog_test.c t/unit/files.h \
	$(SCRATCH)
t_unit_host_catalog_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_host_catalog_test_LDFLAGS = $(HOST_LINK)
t_unit_host_catalog_test_LDADD = $(HOST_LIBS) $(CMOCKA_LIBS)
t_unit_host_catalog_test_DEPENDENCIES = $(HOST_NEEDS)

t_unit_host_declaration_test_SOURCES = t/unit/host/declaration_test.c \
	t/unit/files.h $(SCRATCH)
t_unit_host_declaration_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_host_declaration_test_LDADD = libhost.a $(OBJECTS_LIBS) $(CMOCKA_LIBS)

t_unit_host_graph_test_SOURCES = t/unit/host/graph_test.c
t_unit_host_graph_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_host_graph_test_LDADD = libhost.a $(CHANGE_LIBS) $(CMOCKA_LIBS)

t_unit_host_module_test_SOURCES = t/unit/host/module_test.c t/unit/files.h \
	$(SCRATCH)
t_unit_host_module_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_host_module_test_LDADD = libhost.a $(OBJECTS_LIBS) $(CMOCKA_LIBS)

t_unit_host_planner_act_test_SOURCES = t/unit/host/planner_act_test.c \
	$(PLANNER_PLACE)
t_unit_host_planner_act_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_host_planner_act_test_LDFLAGS = $(HOST_LINK)
t_unit_host_planner_act_test_LDADD = $(HOST_LIBS) $(CMOCKA_LIBS)
t_unit_host_planner_act_test_DEPENDENCIES = $(HOST_NEEDS)

t_unit_host_planner_test_SOURCES = t/unit/host/planner_test.c $(PLANNER_PLACE)
t_unit_host_planner_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_host_planner_test_LDFLAGS = $(HOST_LINK)
t_unit_host_planner_test_LDADD = $(HOST_LIBS) $(CMOCKA_LIBS)
t_unit_host_planner_test_DEPENDENCIES = $(HOST_NEEDS)
