/* SPDX-License-Identifier: ISC */
/*
 * Reads ccm.conf by the tables of config_schema.c. A value is built whole
 * before it replaces the default, so a value that fails half-way is freed with
 * the struct and never used.
 */
#include "config_schema.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>

#define FILE_BYTES_MAX (1024 * 1024)
#define LIST_MAX 1024

int config_parse(const char *file, config_t *parsed, struct error *err)
{
    cleanup_free char *text = NULL;
    size_t size;
    int r = io_read_file(AT_FDCWD, file, FILE_BYTES_MAX, &text, &size, err);

    if (r == -ENOENT && streq(file, CONFIG_DEFAULT_FILE))
        return error_set(
            err, r,
            "%s does not exist; to begin with, copy the example " CCM_EXAMPLEDIR
            "/ccm.conf there",
            file);
    if (r < 0)
        return r;
    if (strlen(text) != size)
        return error_set(err, -EINVAL, "%s: contains a NUL byte; expected text",
                         file);
    config_init(parsed);
    if (config_read_string(parsed, text))
        return 0;
    error_set(err, -EINVAL, "%s:%d: %s",
              config_error_file(parsed) ? config_error_file(parsed) : file,
              config_error_line(parsed), config_error_text(parsed));
    config_destroy(parsed);
    return -EINVAL;
}

/* ---------------------------------------------------------------- one value */

static bool read_is_url(const struct config_key *key)
{
    return key->type == CONFIG_KEY_URL || key->type == CONFIG_KEY_URLS;
}

static bool read_is_path(const struct config_key *key)
{
    return key->type == CONFIG_KEY_PATH || key->type == CONFIG_KEY_PATHS;
}

static int read_check(const struct config_key *key, const char *value,
                      struct error *err)
{
    if (key->check)
        return key->check(value, err);
    if (read_is_url(key))
        return config_check_url(value, err);
    if (read_is_path(key))
        return config_check_path(value, err);
    return config_check_line(value, err);
}

static void read_drop_slashes(char *value)
{
    size_t size = strlen(value);

    while (size > 1 && value[size - 1] == '/')
        value[--size] = '\0';
}

static int read_text(const struct config_reader *reader,
                     const config_setting_t *setting,
                     const struct config_key *key, char **out)
{
    cleanup_free char *value = NULL;
    struct error why;

    if (config_setting_type(setting) != CONFIG_TYPE_STRING)
        return config_fault(reader, setting, "must be a string: \"...\"");
    value = xstrdup(config_setting_get_string(setting));
    if (read_is_path(key))
        read_drop_slashes(value);
    if (read_check(key, value, &why) < 0) {
        /* A URL with a password in it is not repeated. */
        if (read_is_url(key) && strchr(value, '@'))
            return config_fault(reader, setting, "%s", why.text);
        return config_fault(reader, setting, "\"%s\" %s", value, why.text);
    }
    if (read_is_url(key))
        read_drop_slashes(value);
    *out = STEAL(value);
    return 0;
}

static int read_string(const struct config_reader *reader,
                       const config_setting_t *setting,
                       const struct config_key *key, void *field)
{
    char *value;
    int r = read_text(reader, setting, key, &value);

    if (r < 0)
        return r;
    free(*(char **) field);
    *(char **) field = value;
    return 0;
}

static int read_list(const struct config_reader *reader,
                     const config_setting_t *setting,
                     const struct config_key *key, char ***out)
{
    int n = config_setting_length(setting), i, r = 0;
    char **list;

    if (!config_setting_is_array(setting) && !config_setting_is_list(setting))
        return config_fault(reader, setting,
                            "must be a list of strings: (\"...\", \"...\")");
    if (n > LIST_MAX)
        return config_fault(reader, setting, "has more than %d entries",
                            LIST_MAX);
    list = xcalloc((size_t) n + 1, sizeof(*list));
    for (i = 0; i < n && r == 0; i++)
        r = read_text(
            reader,
            config_setting_get_elem((config_setting_t *) setting, (unsigned) i),
            key, &list[i]);
    if (r < 0) {
        config_strings_free(list);
        return r;
    }
    *out = list;
    return 0;
}

static int read_strings(const struct config_reader *reader,
                        const config_setting_t *setting,
                        const struct config_key *key, void *field)
{
    char **list;
    int r = read_list(reader, setting, key, &list);

    if (r < 0)
        return r;
    config_strings_free(*(char ***) field);
    *(char ***) field = list;
    return 0;
}

static int any_text(const char *value, struct error *err)
{
    (void) value;
    (void) err;
    return 0;
}

static int read_argv(const struct config_reader *reader,
                     const config_setting_t *setting,
                     const struct config_key *key, void *field)
{
    struct config_key loose = *key;
    char **argv;
    int r;

    loose.check = any_text;
    r = read_list(reader, setting, &loose, &argv);
    if (r < 0)
        return r;
    if (!argv[0] || !argv[0][0])
        r = config_fault(reader, setting, "does not name a program");
    else if (argv[0][0] != '/' && strchr(argv[0], '/'))
        r = config_fault(reader, setting,
                         "\"%s\" is neither an absolute path nor a name",
                         argv[0]);
    else if (strpbrk(argv[0], " \t\n"))
        r = config_fault(reader, setting,
                         "\"%s\" contains a blank; write each argument as its "
                         "own string (there is no shell)",
                         argv[0]);
    if (r < 0) {
        config_strings_free(argv);
        return r;
    }
    config_strings_free(*(char ***) field);
    *(char ***) field = argv;
    return 0;
}

static int read_integer(const struct config_reader *reader,
                        const config_setting_t *setting,
                        const struct config_key *key, void *field)
{
    int type = config_setting_type(setting);
    int64_t value = config_setting_get_int64(setting);

    if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64)
        return config_fault(reader, setting, "must be an integer");
    if (value < key->min || value > key->max)
        return config_fault(
            reader, setting, "%lld is out of range; expected %lld to %lld",
            (long long) value, (long long) key->min, (long long) key->max);
    *(int64_t *) field = value;
    return 0;
}

static int read_seconds(const struct config_reader *reader,
                        const config_setting_t *setting,
                        const struct config_key *key, void *field)
{
    double least = (double) key->min / 1000, most = (double) key->max / 1000;
    double value;

    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        value = (double) config_setting_get_int64(setting);
        break;
    case CONFIG_TYPE_FLOAT:
        value = config_setting_get_float(setting);
        break;
    default:
        return config_fault(reader, setting, "must be a number of seconds");
    }
    if (!(value >= least && value <= most))
        return config_fault(reader, setting,
                            "%g is out of range; expected %g to %g seconds",
                            value, least, most);
    *(int64_t *) field = (int64_t) (value * 1000 + 0.5);
    return 0;
}

static int read_word(const struct config_reader *reader,
                     const config_setting_t *setting,
                     const struct config_key *key, unsigned *out)
{
    cleanup_buf struct buf words = BUF_INIT;
    const char *value = config_setting_get_string(setting);
    unsigned i;

    for (i = 0; key->choices[i]; i++) {
        if (value && streq(value, key->choices[i])) {
            *out = i;
            return 0;
        }
        buf_printf(&words, "%s\"%s\"", i > 0 ? ", " : "", key->choices[i]);
    }
    return config_fault(reader, setting, "must be one of %s", buf_text(&words));
}

static int read_choice(const struct config_reader *reader,
                       const config_setting_t *setting,
                       const struct config_key *key, void *field)
{
    return read_word(reader, setting, key, field);
}

static int read_flag(const struct config_reader *reader,
                     const config_setting_t *setting,
                     const struct config_key *key, void *field)
{
    unsigned word;
    int r = read_word(reader, setting, key, &word);

    if (r == 0)
        *(bool *) field = word != 0;
    return r;
}

/* -------------------------------------------------------------------- groups
 */

typedef int (*read_fn)(const struct config_reader *reader,
                       const config_setting_t *setting,
                       const struct config_key *key, void *field);

static const read_fn read_fns[] = {
    [CONFIG_KEY_STRING] = read_string,   [CONFIG_KEY_URL] = read_string,
    [CONFIG_KEY_PATH] = read_string,     [CONFIG_KEY_STRINGS] = read_strings,
    [CONFIG_KEY_PATHS] = read_strings,   [CONFIG_KEY_URLS] = read_strings,
    [CONFIG_KEY_ARGV] = read_argv,       [CONFIG_KEY_INTEGER] = read_integer,
    [CONFIG_KEY_SECONDS] = read_seconds, [CONFIG_KEY_CHOICE] = read_choice,
    [CONFIG_KEY_FLAG] = read_flag,
};

int config_read_value(const struct config_reader *reader,
                      const config_setting_t *setting,
                      const struct config_key *key, void *base)
{
    if (key->type == CONFIG_KEY_GROUP)
        return config_read_group(reader, setting, key->members, base);
    if (key->type == CONFIG_KEY_SERVICES)
        return reader->services(reader, setting);
    return read_fns[key->type](reader, setting, key,
                               (char *) base + key->offset);
}

/* The group to which a misplaced key belongs. */
static const char *read_home_of(const char *name)
{
    const struct config_key *key;

    for (key = config_keys; key->name; key++)
        if (key->members && config_key_find(key->members, name))
            return key->name;
    return NULL;
}

static int read_unknown(const struct config_reader *reader,
                        const config_setting_t *setting,
                        const struct config_key *keys)
{
    const char *name = config_setting_name(setting);
    const char *near = config_key_near(keys, name);
    const char *home = read_home_of(name);

    if (near)
        return config_fault(reader, setting,
                            "unknown key; did you mean \"%s\"?", near);
    if (home)
        return config_fault(reader, setting,
                            "unknown key here; did you mean \"%s.%s\"?", home,
                            name);
    if (keys != config_service_keys && config_key_find(config_keys, name))
        return config_fault(reader, setting,
                            "unknown key here; it belongs outside of all { }");
    return config_fault(reader, setting, "unknown key; ccm.conf(5) lists all");
}

int config_read_group(const struct config_reader *reader,
                      const config_setting_t *group,
                      const struct config_key *keys, void *base)
{
    int i, r = 0;

    if (!config_setting_is_group(group))
        return config_fault(reader, group, "must be a group: { ... }");
    for (i = 0; i < config_setting_length(group) && r == 0; i++) {
        config_setting_t *member =
            config_setting_get_elem((config_setting_t *) group, (unsigned) i);
        const struct config_key *key =
            config_key_find(keys, config_setting_name(member));

        r = key ? config_read_value(reader, member, key, base)
                : read_unknown(reader, member, keys);
    }
    return r;
}
