/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_NAME_H
#define CCM_BASE_NAME_H

#include <stdbool.h>

/* How object types and configurations are called; for messages. */
#define NAME_RULE "[a-z][a-z0-9-]*, at most 63 bytes"

/* Does name keep to NAME_RULE? */
bool name_valid(const char *name);

#endif
