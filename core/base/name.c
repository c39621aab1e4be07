/* SPDX-License-Identifier: ISC */
/* The names of object types and of configurations. They stand in keys, paths
 * and lists alike, so that they may hold nothing that is special in one. */
#include "name.h"

#include <string.h>

#define NAME_BYTES_MAX 63

bool name_valid(const char *name)
{
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

    return name[0] >= 'a' && name[0] <= 'z' && name[size] == '\0' &&
           size <= NAME_BYTES_MAX;
}
