/* SPDX-License-Identifier: ISC */
/* The in-process event bus: which configurations have to run, and why. */
#include "rollout/bus.h"

#include "base/alloc.h"
#include "base/util.h"

struct mark {
    char *type;
    int64_t ticket;
    int64_t before; /* the ticket that it had before; 0: it was not marked */
};

struct subscription {
    char *configuration;
    char *type;
};

struct bus {
    struct mark *marks;
    size_t n_marks, marks_capacity;
    struct subscription *subscriptions;
    size_t n_subscriptions, subscriptions_capacity;
    int64_t ticket;
    int64_t full_ticket; /* 0: no full run is pending */
    int64_t full_before; /* what full_ticket was before */
};

struct bus *bus_new(void)
{
    return xcalloc(1, sizeof(struct bus));
}

void bus_reset_subscriptions(struct bus *bus)
{
    size_t i;

    for (i = 0; i < bus->n_subscriptions; i++) {
        free(bus->subscriptions[i].configuration);
        free(bus->subscriptions[i].type);
    }
    bus->n_subscriptions = 0;
}

void bus_free(struct bus *bus)
{
    size_t i;

    if (!bus)
        return;
    bus_reset_subscriptions(bus);
    for (i = 0; i < bus->n_marks; i++)
        free(bus->marks[i].type);
    free(bus->marks);
    free(bus->subscriptions);
    free(bus);
}

static bool bus_is_subscribed(const struct bus *bus, const char *configuration,
                              const char *type)
{
    size_t i;

    for (i = 0; i < bus->n_subscriptions; i++) {
        const struct subscription *s = &bus->subscriptions[i];

        if (streq(s->type, type) &&
            (!configuration || streq(s->configuration, configuration)))
            return true;
    }
    return false;
}

void bus_subscribe(struct bus *bus, const char *configuration, const char *type)
{
    if (bus_is_subscribed(bus, configuration, type))
        return;
    xgrow(&bus->subscriptions, &bus->subscriptions_capacity,
          bus->n_subscriptions, sizeof(struct subscription));
    bus->subscriptions[bus->n_subscriptions++] = (struct subscription){
        .configuration = xstrdup(configuration), .type = xstrdup(type)};
}

static struct mark *bus_find(const struct bus *bus, const char *type)
{
    size_t i;

    for (i = 0; i < bus->n_marks; i++)
        if (streq(bus->marks[i].type, type))
            return &bus->marks[i];
    return NULL;
}

bool bus_is_marked(const struct bus *bus, const char *type)
{
    return bus_find(bus, type) != NULL;
}

bool bus_publish(struct bus *bus, const char *type)
{
    struct mark *mark = bus_find(bus, type);

    if (!bus_is_subscribed(bus, NULL, type))
        return false;
    if (!mark) {
        xgrow(&bus->marks, &bus->marks_capacity, bus->n_marks,
              sizeof(struct mark));
        mark = &bus->marks[bus->n_marks++];
        *mark = (struct mark){.type = xstrdup(type)};
    }
    mark->before = mark->ticket;
    mark->ticket = ++bus->ticket;
    return true;
}

void bus_publish_all(struct bus *bus)
{
    bus->full_before = bus->full_ticket;
    bus->full_ticket = ++bus->ticket;
}

static bool bus_is_within(int64_t ticket, int64_t first, int64_t last)
{
    return ticket >= first && ticket <= last;
}

void bus_withdraw(struct bus *bus, int64_t first, int64_t last)
{
    size_t i, kept = 0;

    if (bus_is_within(bus->full_ticket, first, last))
        bus->full_ticket = bus->full_before;
    for (i = 0; i < bus->n_marks; i++) {
        struct mark *mark = &bus->marks[i];

        if (bus_is_within(mark->ticket, first, last))
            mark->ticket = mark->before;
        if (mark->ticket == 0)
            free(mark->type);
        else
            bus->marks[kept++] = *mark;
    }
    bus->n_marks = kept;
}

int64_t bus_ticket(const struct bus *bus)
{
    return bus->ticket;
}

bool bus_pending(const struct bus *bus, int64_t ticket)
{
    size_t i;

    if (bus->full_ticket > ticket)
        return true;
    for (i = 0; i < bus->n_marks; i++)
        if (bus->marks[i].ticket > ticket)
            return true;
    return false;
}

void bus_clear(struct bus *bus, int64_t ticket)
{
    size_t i, kept = 0;

    if (bus->full_ticket <= ticket)
        bus->full_ticket = 0;
    if (bus->full_before <= ticket)
        bus->full_before = 0;
    for (i = 0; i < bus->n_marks; i++) {
        if (bus->marks[i].before <= ticket)
            bus->marks[i].before = 0;
        if (bus->marks[i].ticket <= ticket)
            free(bus->marks[i].type);
        else
            bus->marks[kept++] = bus->marks[i];
    }
    bus->n_marks = kept;
}

static int bus_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* A sorted array without repetitions. */
static json_t *bus_sorted(const char **names, size_t n)
{
    json_t *array = json_array();
    size_t i;

    qsort(names, n, sizeof(*names), bus_compare);
    for (i = 0; i < n; i++)
        if (i == 0 || !streq(names[i], names[i - 1]))
            json_array_append_new(array, json_string(names[i]));
    return array;
}

json_t *bus_types(const struct bus *bus)
{
    cleanup_free const char **names =
        xcalloc(bus->n_subscriptions, sizeof(*names));
    size_t i;

    for (i = 0; i < bus->n_subscriptions; i++)
        names[i] = bus->subscriptions[i].type;
    return bus_sorted(names, bus->n_subscriptions);
}

json_t *bus_pending_types(const struct bus *bus)
{
    cleanup_free const char **names = NULL;
    size_t i;

    if (bus->full_ticket > 0)
        return bus_types(bus);
    names = xcalloc(bus->n_marks, sizeof(*names));
    for (i = 0; i < bus->n_marks; i++)
        names[i] = bus->marks[i].type;
    return bus_sorted(names, bus->n_marks);
}

json_t *bus_pending_configurations(const struct bus *bus)
{
    cleanup_free const char **names = NULL;
    size_t i, n = 0;

    if (bus->full_ticket > 0)
        return json_null();
    names = xcalloc(bus->n_subscriptions, sizeof(*names));
    for (i = 0; i < bus->n_subscriptions; i++)
        if (bus_find(bus, bus->subscriptions[i].type))
            names[n++] = bus->subscriptions[i].configuration;
    return bus_sorted(names, n);
}
