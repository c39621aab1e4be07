/* SPDX-License-Identifier: ISC */
/* The event bus: who has to run, and what a run has covered. */
#include "unit/unit.h"

#include "base/json.h"
#include "base/util.h"
#include "rollout/bus.h"

static struct bus *bus_with_two(void)
{
    struct bus *bus = bus_new();

    bus_subscribe(bus, "crontab", "crons");
    bus_subscribe(bus, "crontab", "unix-users");
    bus_subscribe(bus, "fpm-pools", "unix-users");
    return bus;
}

static void assert_json(json_t *value, const char *expected)
{
    cleanup_free char *line = json_line(value);

    assert_string_equal(line, expected);
    json_decref(value);
}

static void an_event_marks_its_subscribers(void **state)
{
    struct bus *bus = bus_with_two();

    (void) state;
    assert_false(bus_pending(bus, 0));
    assert_true(bus_publish(bus, "crons"));
    assert_true(bus_pending(bus, 0));
    assert_json(bus_pending_configurations(bus), "[\"crontab\"]");
    assert_true(bus_publish(bus, "unix-users"));
    assert_json(bus_pending_configurations(bus), "[\"crontab\",\"fpm-pools\"]");
    assert_json(bus_pending_types(bus), "[\"crons\",\"unix-users\"]");
    bus_free(bus);
}

static void a_type_nobody_wants_is_not_remembered(void **state)
{
    struct bus *bus = bus_with_two();

    (void) state;
    assert_false(bus_publish(bus, "certificates"));
    assert_false(bus_pending(bus, 0));
    bus_free(bus);
}

static void a_full_run_is_all_configurations(void **state)
{
    struct bus *bus = bus_with_two();

    (void) state;
    bus_publish_all(bus);
    assert_json(bus_pending_configurations(bus), "null");
    assert_json(bus_pending_types(bus), "[\"crons\",\"unix-users\"]");
    bus_free(bus);
}

static void a_run_covers_what_came_before_it(void **state)
{
    struct bus *bus = bus_with_two();
    int64_t ticket;

    (void) state;
    bus_publish(bus, "crons");
    ticket = bus_ticket(bus);
    bus_publish(bus, "unix-users");
    bus_clear(bus, ticket);
    assert_json(bus_pending_types(bus), "[\"unix-users\"]");
    assert_true(bus_pending(bus, ticket));
    bus_clear(bus, bus_ticket(bus));
    assert_false(bus_pending(bus, 0));
    bus_free(bus);
}

static void an_event_during_the_run_stays(void **state)
{
    struct bus *bus = bus_with_two();
    int64_t ticket;

    (void) state;
    bus_publish(bus, "crons");
    ticket = bus_ticket(bus);
    bus_publish(bus, "crons");
    bus_clear(bus, ticket);
    assert_json(bus_pending_types(bus), "[\"crons\"]");
    bus_free(bus);
}

static void a_new_catalog_loses_no_event(void **state)
{
    struct bus *bus = bus_with_two();

    (void) state;
    bus_publish(bus, "crons");
    bus_reset_subscriptions(bus);
    bus_subscribe(bus, "other", "crons");
    assert_json(bus_pending_configurations(bus), "[\"other\"]");
    bus_free(bus);
}

static void what_is_taken_back_leaves_what_was_there(void **state)
{
    struct bus *bus = bus_new();
    int64_t first;

    (void) state;
    bus_subscribe(bus, "c", "crons");
    bus_subscribe(bus, "d", "domains");
    bus_publish(bus, "crons");
    first = bus_ticket(bus) + 1;
    bus_publish(bus, "crons");
    bus_publish(bus, "domains");
    bus_publish_all(bus);
    bus_withdraw(bus, first, bus_ticket(bus));
    assert_true(bus_is_marked(bus, "crons"));
    assert_false(bus_is_marked(bus, "domains"));
    assert_false(bus_pending(bus, first - 1));
    /* What came after it stays, too. */
    first = bus_ticket(bus) + 1;
    bus_publish(bus, "domains");
    bus_publish(bus, "domains");
    bus_withdraw(bus, first, first);
    assert_true(bus_is_marked(bus, "domains"));
    bus_free(bus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_taken_back_leaves_what_was_there),
        cmocka_unit_test(an_event_marks_its_subscribers),
        cmocka_unit_test(a_type_nobody_wants_is_not_remembered),
        cmocka_unit_test(a_full_run_is_all_configurations),
        cmocka_unit_test(a_run_covers_what_came_before_it),
        cmocka_unit_test(an_event_during_the_run_stays),
        cmocka_unit_test(a_new_catalog_loses_no_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
