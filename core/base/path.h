/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_PATH_H
#define CCM_BASE_PATH_H

#include "error.h"

#include <stdbool.h>

/*
 * An absolute path that can be declared: begins with "/", at most 4000 bytes,
 * no component longer than 255, none that is "." or "..", no empty one, no
 * trailing slash (but for "/" itself), no control character.
 * Returns 0, or -EINVAL or -ENAMETOOLONG with the reason in err.
 */
int path_check(const char *path, struct error *err);

/*
 * A name that can be one component of a path: not empty, at most 255 bytes,
 * no "/", no control character, not "." or "..".
 * Returns 0, or -EINVAL or -ENAMETOOLONG with the reason in err.
 */
int path_check_name(const char *name, struct error *err);

/* Is there a control character (below 0x20, or 0x7f) in text? */
bool path_has_control(const char *text);

/* dir and name with one slash between. Returns new (freed with free). */
char *path_join(const char *dir, const char *name);

#endif
