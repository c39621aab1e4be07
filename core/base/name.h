/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_NAME_H
#define CCM_BASE_NAME_H

#include "error.h"

#include <stdbool.h>

/* For strspn(3): ASCII, whatever the locale. */
#define NAME_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME_DIGITS "0123456789"

/* The rule for names of object types and configurations, for messages. */
#define NAME_RULE "[a-z][a-z0-9-]*, at most 63 bytes"

/* Does name follow NAME_RULE? */
bool name_valid(const char *name);
/* Is this a valid name of a node? Like that of a host: letters, digits, ".",
 * "_", "-", 200 bytes at most. Returns 0, or -EINVAL with "is ..." in err (may
 * be NULL). / */
int name_check_node(const char *name, struct error *err);

#endif
