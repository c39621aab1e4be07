/* SPDX-License-Identifier: ISC */
#ifndef CCM_ROLLOUT_BUS_H
#define CCM_ROLLOUT_BUS_H

/*
 * The in-process event bus: thin events are published by object type,
 * configurations are subscribed to types, and the bus remembers who still has
 * to run because of them.
 *
 * What is remembered is the type, not the configuration: a catalog that is
 * replaced in between loses no event. Each mark carries a ticket, a number
 * that only grows; a run covers the marks up to the ticket that was current
 * when it began to read the objects, and those alone are cleared by it.
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
/* Copies both names. A pair that is there already is no error. */
void bus_subscribe(struct bus *bus, const char *configuration,
                   const char *type);

/* Marks a type. Returns whether any configuration is subscribed to it; one
 * that nobody is subscribed to is not remembered. */
bool bus_publish(struct bus *bus, const char *type);
/* Is it marked already? */
bool bus_is_marked(const struct bus *bus, const char *type);
/* Marks everything: a full run. */
void bus_publish_all(struct bus *bus);

/* The ticket of the newest mark ever made; 0 if there was none. */
int64_t bus_ticket(const struct bus *bus);
/* Is a mark newer than ticket there? bus_pending(bus, 0): any at all? */
bool bus_pending(const struct bus *bus, int64_t ticket);
/* Clears the marks up to and including ticket. */
void bus_clear(struct bus *bus, int64_t ticket);

/* The marked types, sorted; of a full run all that are subscribed to.
 * Returns new (freed with json_decref). */
json_t *bus_pending_types(const struct bus *bus);
/* The names of the configurations to run; JSON null for all of them.
 * Returns new (freed with json_decref). */
json_t *bus_pending_configurations(const struct bus *bus);
/* All types that somebody is subscribed to, sorted.
 * Returns new (freed with json_decref). */
json_t *bus_types(const struct bus *bus);

#endif
