/* SPDX-License-Identifier: ISC */
#ifndef CCM_STORE_LOCAL_FILE_H
#define CCM_STORE_LOCAL_FILE_H

#include "store/local_folder.h"

/*
 * Looks at a key's file. Returns 1 with *identity and, unless value is NULL,
 * *value, new (freed with free); 0 if there is no regular file; or -errno.
 */
int local_file_look(const struct local_folder *folder, const char *key,
                    struct local_identity *identity, char **value,
                    size_t *value_size);

/* Is it the name of a half-written or hidden file, not of a key? */
bool local_file_ignores(const char *name);

#endif
