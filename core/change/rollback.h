/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_ROLLBACK_H
#define CCM_CHANGE_ROLLBACK_H

#include "change/work.h"

/*
 * Restores everything in reverse order, tells the services again that had been
 * told, and removes the journal. A service that cannot be told is owed that
 * (owed.json). Can be repeated, after a crash too. Returns 0: all is as it was.
 * Otherwise -errno: the journal stays, and a later recovery tries again.
 */
int rollback_all(struct work *work, struct error *err);

/*
 * Past the commit point: records the new state, drops the old one, and removes
 * the journal. Can be repeated. Returns 0 or -errno; then the journal stays,
 * and a later recovery goes on.
 */
int rollback_finish(struct work *work, struct error *err);

#endif
