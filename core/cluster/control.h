/* SPDX-License-Identifier: ISC */
#ifndef CCM_CLUSTER_CONTROL_H
#define CCM_CLUSTER_CONTROL_H

/*
 * The control socket: SOCK_STREAM, mode 0600. One request a connection, one
 * JSON document a line:
 *
 *   {"op":"...", ...}
 *
 * answered by any number of {"progress":"text for people"} lines and exactly
 * one last line, {"ok":true,"result":{...}} or
 * {"ok":false,"error":"what, and what to do","exit":N} (enum ccm_exit).
 * A client that closes its end cancels what it asked for, as far as that has
 * not begun to change anything.
 *
 *   op             arguments                      result
 *   status         -                              see design section 7
 *   nodes          -                              "
 *   queue          -                              "
 *   module.list    -                              "
 *   module.reload  -                              as module.list, and added,
 *                                                 changed, removed (arrays)
 *   plan           types (or null: all), format   {"changes":N}; the preview
 *                  ("text", "colour", "json")     goes to the descriptor
 *   apply          types (or null: all),          {"outcome":"in-sync" or
 *                  allow_removals                 "changed","changes",
 *                                                 "revision"}; progress lines
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

#endif
