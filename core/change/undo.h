/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_UNDO_H
#define CCM_CHANGE_UNDO_H

#include "change/work.h"

/*
 * Restores the path of one operation, however far it had come, and removes its
 * temporary name. Can be repeated. Operations that cannot be undone (commands)
 * are noted in work->notes. Returns 0 or -errno.
 */
int undo_op(struct work *work, struct op *op, struct error *err);

/* Past the commit point: removes the item under the operation's temporary name.
 * Returns 0 or -errno. */
int undo_drop(struct work *work, struct op *op, struct error *err);

#endif
