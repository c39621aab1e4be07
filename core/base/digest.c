/* SPDX-License-Identifier: ISC */
/* Digests for comparing states. */
#include "digest.h"

#include <stdio.h>
#include <xxhash.h>

void digest_bytes(const void *bytes, size_t size, char digest[DIGEST_SIZE])
{
    XXH128_hash_t hash = XXH3_128bits(bytes, size);

    snprintf(digest, DIGEST_SIZE, "%016llx%016llx",
             (unsigned long long) hash.high64, (unsigned long long) hash.low64);
}
