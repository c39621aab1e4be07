/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_UNDO_H
#define CCM_CHANGE_UNDO_H

#include "change/work.h"

/*
 * Puts one operation's path back as it was, however far it had come, and
 * removes its temporary name. Can be repeated. What cannot be undone (a
 * command) goes into work->notes. Returns 0 or -errno.
 */
int undo_op(struct work *work, struct op *op, struct error *err);

/* Past the commit point: drops what waits under the operation's temporary
 * name. Returns 0 or -errno. */
int undo_drop(struct work *work, struct op *op, struct error *err);

#endif
