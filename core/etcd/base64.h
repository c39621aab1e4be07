/* SPDX-License-Identifier: ISC */
#ifndef CCM_ETCD_BASE64_H
#define CCM_ETCD_BASE64_H

/* Base64 with the standard alphabet and padding (RFC 4648, section 4). */

#include "base/buf.h"

#include <stddef.h>

/* Appends size bytes, encoded, to out. */
void base64_encode(struct buf *out, const void *bytes, size_t size);

/*
 * Decodes exactly text_size characters; no white space, with padding, and with
 * unused bits zero. Sets *out, new (freed with free), followed by a NUL that
 * *size does not count. Returns 0 or -EPROTO.
 */
int base64_decode(const char *text, size_t text_size, char **out, size_t *size);

#endif
