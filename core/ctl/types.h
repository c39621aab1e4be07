/* SPDX-License-Identifier: ISC */
#ifndef CCM_CTL_TYPES_H
#define CCM_CTL_TYPES_H

/* The declared types, as the commands need them. */

#include "ctl/ctl.h"
#include "types/type.h"

/*
 * The types that this node's modules declare, from ccm-runner, so without
 * ccmd. Sets *list, new (freed with json_decref). Returns an exit status.
 */
int types_described(struct ctl *ctl, json_t **list);

/* The same from ccmd; an empty list if it knows none. */
int types_asked(struct ctl *ctl, json_t **list);

/* The type of that name in list. Sets *type, new (freed with type_free), or
 * NULL: nobody declares it. Returns an exit status. */
int types_find(struct ctl *ctl, const json_t *list, const char *name,
               struct type **type);

/*
 * Holds an object of the type called name against its declaration (NULL:
 * nobody declares it, and the id alone is checked); it is not changed. Returns
 * 0, or -EINVAL: err begins with "crons/17: ".
 */
int types_check_object(const struct type *type, const char *name,
                       const json_t *object, struct error *err);

#endif
