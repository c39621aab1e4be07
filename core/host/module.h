/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_MODULE_H
#define CCM_HOST_MODULE_H

/* One module: finding its file (in the runner), and loading it (only ever in
 * a confined child). */

#include "base/digest.h"
#include "base/error.h"
#include "ccm/module.h"
#include "host/libraries.h"
#include "host/trust.h"

#include <sys/types.h>

/* A module's file: opened once, checked, and loaded by that descriptor. */
struct module_file {
    char *path; /* its real path */
    int fd;
    dev_t device; /* with inode: identifies the file */
    ino_t inode;
    char digest[DIGEST_SIZE]; /* of its contents and those of its libraries;
                                 module_digest fills it */
    struct libraries libraries;
};

/*
 * Opens a module by name ("crontab" is crontab.so in the first of dirs that
 * has it) or by absolute path, which must lie in one of dirs (NULL-terminated;
 * nothing outside them is loaded), finds its libraries, and checks who could
 * have written them. Sets *out, new (freed with module_close). Returns 0,
 * -EINVAL (not such a name), -ENOENT, -EPERM, or another -errno.
 */
int module_open(struct trust *trust, const char *const *dirs, const char *name,
                struct module_file **out, struct error *err);
void module_close(struct module_file *file);

/* Fills file->digest. Returns 0, -EFBIG or another -errno. */
int module_digest(struct module_file *file, struct error *err);

/*
 * Loads its libraries and the file into this process, which runs its
 * constructors: only in a confined child. Copies the descriptor, zero-filled if
 * it is an older and shorter one, and checks it: no code of a refused module is
 * called. The module stays loaded. Returns 0, -ENOEXEC (cannot be loaded),
 * -EPROTO (no descriptor, another ABI, an invalid field; err has both values).
 */
int module_load(const struct module_file *file, struct ccm_module *descriptor,
                struct error *err);

/* Checks a descriptor of which size bytes can be read. The pure part of
 * module_load, with the same results. */
int module_check(const void *bytes, size_t size, struct ccm_module *descriptor,
                 struct error *err);

#endif
