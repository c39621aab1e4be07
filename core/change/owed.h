/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_OWED_H
#define CCM_CHANGE_OWED_H

/*
 * Reloads that a run left behind (state_dir/owed.json): services whose files
 * changed and that could not be told. Each is paid when it can be, with growing
 * pauses, and none keeps anything else from running. An entry is
 *   {"restart":bool,"since":stamp,"tries":N,"next":seconds,"error":text}
 * or, from an earlier release, only the boolean.
 */

#include "base/error.h"
#include "config/config.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Adds a service, or merges with the entry that is there (restart wins); it
 * is due at once. why: what kept it from being told. */
void owed_add(json_t *owed, const char *name, bool restart, const char *why);

bool owed_restart(const json_t *entry);
/* Is it time for another try? now_s: seconds since 1970. */
bool owed_is_due(const json_t *entry, int64_t now_s);

/* What could not be paid, and why. */
typedef void (*owed_fn)(void *userdata, const char *name, const char *why);

/*
 * Tells each service that is due. One that fails stays owed, with a later time
 * for the next try; failed may be NULL. Returns 0, or -errno of writing
 * owed.json.
 */
int owed_pay(struct config *config, int state_fd, owed_fn failed,
             void *userdata, struct error *err);

#define OWED_PAUSE_FIRST_S 30
#define OWED_PAUSE_LAST_S 3600

#endif
