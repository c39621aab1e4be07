/* SPDX-License-Identifier: ISC */
#ifndef CCM_OBJECTS_SECRET_H
#define CCM_OBJECTS_SECRET_H

/* Secrets in files that ccm.conf names: an API key, a token, a password. */

#include "base/error.h"

/*
 * Reads a file of one line: trailing white space is dropped, and what remains
 * is printable ASCII, so that it cannot end a header. Sets *out, new (freed
 * with secret_free). Returns 0, -EPERM if all users may read the file, -EINVAL
 * if it has other contents, or another -errno. err never shows the secret.
 */
int secret_read(const char *path, char **out, struct error *err);

/* Wipes it first: planners, which run foreign code, are forked later. */
void secret_free(char *secret);

static inline void cleanup_secret_fn(char **secret)
{
    secret_free(*secret);
}

#define cleanup_secret __attribute__((cleanup(cleanup_secret_fn)))

#endif
