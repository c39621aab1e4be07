/* SPDX-License-Identifier: ISC */
/* Finds the known name that an unknown one is probably meant to be. */
#include "near.h"

#include "util.h"

#include <limits.h>

static unsigned near_least(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;

    return least < c ? least : c;
}

unsigned near_distance(const char *a, const char *b)
{
    unsigned row[32], i, j;
    size_t size_b = strlen(b);

    if (strlen(a) >= ARRAY_SIZE(row) || size_b >= ARRAY_SIZE(row))
        return UINT_MAX;
    for (j = 0; j <= size_b; j++)
        row[j] = j;
    for (i = 0; a[i]; i++) {
        unsigned diagonal = row[0];

        row[0] = i + 1;
        for (j = 0; j < size_b; j++) {
            unsigned replaced = diagonal + (a[i] != b[j]);

            diagonal = row[j + 1];
            row[j + 1] = near_least(replaced, row[j + 1] + 1, row[j] + 1);
        }
    }
    return row[size_b];
}

unsigned near_limit(const char *name)
{
    return strlen(name) < 4 ? 1 : 2;
}
