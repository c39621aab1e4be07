/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_BUS_H
#define CCM_ROLLOUT_BUS_H

/*
 * The in-process event bus: thin events are published by object type,
 * configurations subscribe to types, and the bus remembers which configurations
 * still have to run.
 *
 * The bus remembers types, not configurations, so no event is lost when the
 * catalog is replaced in between. Each mark carries a ticket, a number that
 * only grows; a run covers the marks up to the ticket that was current when it
 * began to read the objects, and clears only those.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bus;

struct bus *bus_new(void);
void bus_free(struct bus *bus);

/* Forgets all subscriptions, keeps all marks. */
void bus_reset_subscriptions(struct bus *bus);
/* Copies both names. Subscribing a pair twice is not an error. */
void bus_subscribe(struct bus *bus, const char *configuration,
                   const char *type);

/* Marks a type. Returns whether any configuration subscribes to it; a type
 * without subscribers is not remembered. */
bool bus_publish(struct bus *bus, const char *type);
/* Is it marked already? */
bool bus_is_marked(const struct bus *bus, const char *type);
/* Marks everything: a full run. */
void bus_publish_all(struct bus *bus);

/* The ticket of the newest mark ever made; 0 if there was none. */
int64_t bus_ticket(const struct bus *bus);
/* Is there a mark newer than ticket? bus_pending(bus, 0): any at all? */
bool bus_pending(const struct bus *bus, int64_t ticket);
/* Clears the marks up to and including ticket. */
void bus_clear(struct bus *bus, int64_t ticket);

/* Takes back the marks with the tickets first to last: what was marked before
 * them stays marked. */
void bus_withdraw(struct bus *bus, int64_t first, int64_t last);

/* The marked types, sorted; for a full run all types with subscribers. Returns
 * new (freed with json_decref). */
json_t *bus_pending_types(const struct bus *bus);
/* The names of the configurations to run; JSON null for all of them.
 * Returns new (freed with json_decref). */
json_t *bus_pending_configurations(const struct bus *bus);
/* All types with subscribers, sorted. Returns new (freed with json_decref). */
json_t *bus_types(const struct bus *bus);

#endif
