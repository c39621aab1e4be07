/* SPDX-License-Identifier: ISC */
#ifndef CCM_MODULES_FPM_SETTINGS_H
#define CCM_MODULES_FPM_SETTINGS_H

#include <ccm/module.h>

#include <stdio.h>

/* Does text have only ASCII letters, digits and bytes of others? */
bool fpm_is_word(const char *text, const char *others);

/* Writes the pool's php_settings to out, in the order of their names. Rejects
 * the pool for the first that php-fpm would not take as one value. */
void fpm_settings(struct ccm_run *run, const json_t *pool, FILE *out);

#endif
