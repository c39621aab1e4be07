# SPDX-License-Identifier: ISC
UNIT_TESTS += t/unit/rollout/bus_test t/unit/rollout/events_past_test \
	t/unit/rollout/events_test t/unit/rollout/flag_test \
	t/unit/rollout/queue_test t/unit/rollout/settle_test

t_unit_rollout_bus_test_SOURCES = t/unit/rollout/bus_test.c
t_unit_rollout_bus_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_rollout_bus_test_LDADD = $(ROLLOUT_LIBS) $(CMOCKA_LIBS)

t_unit_rollout_events_past_test_SOURCES = t/unit/rollout/events_past_test.c \
	t/unit/rollout/events_fake.c t/unit/rollout/events_fake.h
t_unit_rollout_events_past_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_rollout_events_past_test_LDADD = $(ROLLOUT_LIBS) $(CMOCKA_LIBS)

t_unit_rollout_events_test_SOURCES = t/unit/rollout/events_test.c \
	t/unit/rollout/events_fake.c t/unit/rollout/events_fake.h
t_unit_rollout_events_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_rollout_events_test_LDADD = $(ROLLOUT_LIBS) $(CMOCKA_LIBS)

t_unit_rollout_flag_test_SOURCES = t/unit/rollout/flag_test.c
t_unit_rollout_flag_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_rollout_flag_test_LDADD = $(ROLLOUT_LIBS) $(CMOCKA_LIBS)

t_unit_rollout_queue_test_SOURCES = t/unit/rollout/queue_test.c \
	t/unit/rollout/store_counter.h t/unit/store/store_local_fixture.c \
	t/unit/store/store_local_fixture.h t/unit/store/store_driver.c \
	t/unit/store/store_driver.h
t_unit_rollout_queue_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_rollout_queue_test_LDADD = $(ROLLOUT_LIBS) $(CMOCKA_LIBS)

t_unit_rollout_settle_test_SOURCES = t/unit/rollout/settle_test.c
t_unit_rollout_settle_test_CFLAGS = $(UNIT_CFLAGS)
t_unit_rollout_settle_test_LDADD = $(ROLLOUT_LIBS) $(CMOCKA_LIBS)
