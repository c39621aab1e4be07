/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_OBJECT_ID_H
#define CCM_BASE_OBJECT_ID_H

/* The one rule for the ids of objects: 1 to 2^53-1, the integers that every
 * JSON client carries without loss. */

#include <stdbool.h>
#include <stdint.h>

#define OBJECT_ID_MAX INT64_C(9007199254740991)
/* For messages. */
#define OBJECT_ID_RULE "an id is an integer from 1 to 9007199254740991"

static inline bool object_id_valid(int64_t id)
{
    return id >= 1 && id <= OBJECT_ID_MAX;
}

#endif
