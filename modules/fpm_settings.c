/* SPDX-License-Identifier: ISC */
/* The lines of php_settings: one php_admin_value or php_admin_flag each. */
#include "fpm_settings.h"

#include <stdlib.h>
#include <string.h>

bool fpm_is_word(const char *text, const char *others)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    for (; *text; text++)
        if (!strchr(letters, *text) && !strchr(others, *text))
            return false;
    return true;
}

static void fpm_setting_text(struct ccm_run *run, const json_t *pool, FILE *out,
                             const char *key, const char *text)
{
    const char *byte;

    for (byte = text; *byte; byte++)
        if ((unsigned char) *byte < 0x20 || *byte == 0x7f ||
            strchr("\"\\$", *byte))
            ccm_reject(run, pool,
                       "php_settings: the value of %s contains a quote, a "
                       "backslash, \"$\" or a control character",
                       key);
    fprintf(out, "php_admin_value[%s] = \"%s\"\n", key, text);
}

static void fpm_setting(struct ccm_run *run, const json_t *pool, FILE *out,
                        const char *key, const json_t *value)
{
    if (!*key || strlen(key) > 100 || !fpm_is_word(key, "_.-"))
        ccm_reject(run, pool, "php_settings: the name of a setting is invalid");
    else if (json_is_string(value))
        fpm_setting_text(run, pool, out, key, json_string_value(value));
    else if (json_is_integer(value))
        fprintf(out, "php_admin_value[%s] = %lld\n", key,
                (long long) json_integer_value(value));
    else if (json_is_boolean(value))
        fprintf(out, "php_admin_flag[%s] = %s\n", key,
                json_is_true(value) ? "on" : "off");
    else if (!json_is_null(value))
        ccm_reject(run, pool,
                   "php_settings: the value of %s is not a string, an integer "
                   "or a boolean",
                   key);
}

static int fpm_compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* In the order of their names. */
void fpm_settings(struct ccm_run *run, const json_t *pool, FILE *out)
{
    json_t *map = json_object_get(pool, "php_settings")
                      ? (json_t *) ccm_map(run, pool, "php_settings")
                      : NULL;
    size_t count = json_object_size(map), used = 0, i;
    const char **keys = calloc(count + 1, sizeof(*keys)), *key;
    json_t *value;

    if (!keys) {
        ccm_fail(run, "out of memory");
        return;
    }
    json_object_foreach (map, key, value)
        keys[used++] = key;
    qsort(keys, used, sizeof(*keys), fpm_compare);
    for (i = 0; i < used; i++)
        fpm_setting(run, pool, out, keys[i], json_object_get(map, keys[i]));
    free(keys);
}
