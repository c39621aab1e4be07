/* SPDX-License-Identifier: ISC */
#ifndef CCM_DAEMON_DAEMON_CATALOG_H
#define CCM_DAEMON_DAEMON_CATALOG_H

/* The daemon's copy of the catalog: the output of `ccm-runner describe`. */

#include "base/error.h"
#include "config/config.h"
#include "loop/loop.h"
#include "rollout/bus.h"

#include <jansson.h>

/* catalog: the document (keep it with json_incref), or NULL with why. died: the
 * runner was killed before it could answer. */
typedef void (*daemon_catalog_fn)(void *userdata, json_t *catalog, bool died,
                                  const char *why);

/* Loads everything in modules.d, in a separate process; fn is called once, from
 * the event loop. Returns 0 or -errno (fn is not called). */
int daemon_catalog_load(struct loop *loop, const struct config *config,
                        daemon_catalog_fn fn, void *userdata,
                        struct error *err);

/* Subscribes the configurations of the catalog, and only these. */
void daemon_catalog_subscribe(const json_t *catalog, struct bus *bus);

/* What was added, changed and removed:
 * {"added":[name],"changed":[{"name","from","to"}], "removed":[name]}. old may
 * be NULL. Returns new (json_decref). */
json_t *daemon_catalog_compare(const json_t *old, const json_t *now);

/* Logs what daemon_catalog_compare has found, one line each. */
void daemon_catalog_log_differences(const json_t *differences);

/* Logs what the system cannot confine. */
void daemon_catalog_log_confinement(const json_t *catalog);

/* "" if there is none. Returns borrowed (valid as long as catalog). */
const char *daemon_catalog_digest(const json_t *catalog);

#endif
