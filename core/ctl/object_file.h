/* SPDX-License-Identifier: ISC */
#ifndef CCM_CTL_OBJECT_FILE_H
#define CCM_CTL_OBJECT_FILE_H

/* Files of objects, named after their type: crons.json. */

#include "ctl/ctl.h"

/* "crons" of "dir/crons.json"; NULL if it has another form. Returns new (freed
 * with free). */
char *object_file_type(const char *path);

/*
 * Reads [...] or {"objects": [...]}, of at most 1 GiB; the entries are not
 * checked. Sets *type (freed with free) and *objects, an array (freed with
 * json_decref), both new. Returns an exit status; on failure, nothing is set.
 */
int object_file_read(struct ctl *ctl, const char *path, char **type,
                     json_t **objects);

#endif
