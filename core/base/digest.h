/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_DIGEST_H
#define CCM_BASE_DIGEST_H

/*
 * Digests for comparing states between nodes: XXH3 with 128 bits, as 32 hex
 * digits. They protect against accidents, not against forgery; nothing is
 * trusted because of a digest.
 */

#include <stddef.h>

#define DIGEST_SIZE 33 /* with the NUL */

/* The digest of size bytes; size may be 0. */
void digest_bytes(const void *bytes, size_t size, char digest[DIGEST_SIZE]);

#endif
