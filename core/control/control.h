/* SPDX-License-Identifier: ISC */
#ifndef CCM_CONTROL_CONTROL_H
#define CCM_CONTROL_CONTROL_H

/*
 * The control socket: SOCK_STREAM, mode 0600. One request a connection, one
 * JSON document a line:
 *
 *   {"op":"...", ...}
 *
 * answered by any number of {"progress":"text for people"} lines and exactly
 * one last line, {"ok":true,"result":{...}} or {"ok":false,"error":"what, and
 * what to do","exit":N} (enum ccm_exit). A client that closes its end cancels
 * its request, unless that has begun to change something.
 *
 *   op             arguments                      result
 *   status         -                              see JSON in ccmctl(1)
 *   nodes          -                              "
 *   queue          -                              "
 *   module.list    -                              "
 *   module.reload  -                              as module.list, and added,
 *                                                 changed, removed (arrays)
 *   plan           types (none: all), format      {"changes":bool}; the preview
 *                  ("text", "colour", "json")     goes to the descriptor
 *   apply          types (none: all),             {"outcome":"in-sync" or
 *                  allow_removals, plan           "changed","changes",
 *                  (a digest; optional)           "revision"}; progress lines
 *   publish        types, text (optional)         {"revision":R}
 *   object.list    type                           {}; JSON to the descriptor
 *   object.get     type, id                       {}; JSON to the descriptor
 *   object.put     type, object (with id)         {"revision":R}
 *   object.delete  type, id                       {"revision":R}
 *   object.import  type, objects (at most 100)    {"revision":R}
 *   flag.show      -                              {"flag":{...} or null}
 *   flag.set       reason                         {"flag":{...}}
 *   flag.clear     node (optional: in doubt)      {"flag":null}
 *   history        limit, id (both optional),     {}; text or JSON to the
 *                  format                         descriptor
 *
 * "The descriptor": the client passes one (its standard output) with the
 * request as SCM_RIGHTS; the ccm-runner that ccmd starts writes there itself.
 */

#include "base/error.h"

#include <jansson.h>
#include <stdint.h>

struct control;
struct config;
struct loop;
struct rollout;
struct store;

/* The data that answers requests, and the one request to the daemon as a whole.
 * The daemon keeps all of it alive until control_close. */
struct control_view {
    struct loop *loop;
    const struct config *config;
    struct store *store;
    struct rollout *rollout;
    json_t *const *catalog; /* the one in force; NULL while there is none */
    /* Reloads the catalog; control_reloaded reports the outcome. */
    void (*reload)(void *userdata);
    void *userdata;
};

/* Listens on config->socket. A socket that does not answer is replaced. Copies
 * view. Sets *out, new (freed with control_close). Returns 0, -EADDRINUSE, or
 * another -errno. */
int control_open(const struct control_view *view, struct control **out,
                 struct error *err);
/* NULL is legal. */
void control_close(struct control *control);

/* Clients may be waiting for these. */
void control_run_ended(struct control *control, int64_t ticket,
                       const json_t *report);
void control_progress(struct control *control, const char *text);
void control_held(struct control *control, const char *text);
/* A reload has ended: differences (daemon_catalog_compare), or why it
 * failed. */
void control_reloaded(struct control *control, const json_t *differences,
                      const char *why);

#endif
