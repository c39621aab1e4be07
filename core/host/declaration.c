/* SPDX-License-Identifier: ISC */
/*
 * modules.d. One table has all keys and their types. Any other key is an error
 * with file and line, because a misspelt "depends" that is silently ignored
 * would be noticed too late.
 *
 * @include of libconfig is refused: the owner and mode of the included file
 * would not be checked.
 */
#include "host/declaration.h"

#include "base/alloc.h"
#include "base/name.h"
#include "base/util.h"
#include "host/names.h"
#include "host/setting.h"

#include <errno.h>

struct declaration_reader {
    const char *file;
    struct declaration *out;
    struct error *err;
};

static int declaration_fault(struct declaration_reader *reader,
                             const config_setting_t *setting, const char *what)
{
    return error_set(reader->err, -EINVAL, "%s:%u: %s", reader->file,
                     (unsigned) config_setting_source_line(setting), what);
}

static int declaration_module(struct declaration_reader *reader,
                              const config_setting_t *setting)
{
    const char *text = config_setting_get_string(setting);

    if (!text || text[0] == '\0')
        return declaration_fault(
            reader, setting,
            "\"module\" must be a string: the module's name or absolute path");
    reader->out->module = xstrdup(text);
    return 0;
}

static int declaration_program(struct declaration_reader *reader,
                               const config_setting_t *setting)
{
    const char *text = config_setting_get_string(setting);

    if (!text || text[0] != '/')
        return declaration_fault(
            reader, setting, "\"program\" must be a string: an absolute path");
    reader->out->program = xstrdup(text);
    return 0;
}

static int declaration_name(struct declaration_reader *reader,
                            const config_setting_t *setting)
{
    const char *text = config_setting_get_string(setting);

    if (!text || !name_valid(text))
        return declaration_fault(reader, setting,
                                 "\"name\" must be a string: " NAME_RULE);
    reader->out->name = xstrdup(text);
    return 0;
}

static int declaration_enabled(struct declaration_reader *reader,
                               const config_setting_t *setting)
{
    if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
        return declaration_fault(reader, setting,
                                 "\"enabled\" must be true or false");
    reader->out->enabled = config_setting_get_bool(setting);
    return 0;
}

static int declaration_settings(struct declaration_reader *reader,
                                const config_setting_t *setting)
{
    struct error why;

    if (!config_setting_is_group(setting))
        return declaration_fault(reader, setting,
                                 "\"settings\" must be a group: { ... }");
    json_decref(reader->out->settings);
    reader->out->settings = NULL;
    if (setting_json(setting, &reader->out->settings, &why) < 0)
        return error_set(reader->err, -EINVAL, "%s:%s", reader->file, why.text);
    return 0;
}

/* A list of names. */
static int declaration_names(struct declaration_reader *reader,
                             const config_setting_t *setting, char ***out)
{
    int i, n = config_setting_length(setting);
    const char *key = config_setting_name(setting);

    if (!config_setting_is_list(setting) && !config_setting_is_array(setting))
        return error_set(reader->err, -EINVAL,
                         "%s:%u: \"%s\" must be a list: (\"a\", \"b\")",
                         reader->file,
                         (unsigned) config_setting_source_line(setting), key);
    for (i = 0; i < n; i++) {
        const char *name = config_setting_get_string_elem(setting, i);

        if (!name || !name_valid(name))
            return error_set(
                reader->err, -EINVAL,
                "%s:%u: entry %d of \"%s\" is not a valid name: " NAME_RULE,
                reader->file, (unsigned) config_setting_source_line(setting),
                i + 1, key);
        names_add(out, name);
    }
    return 0;
}

static int declaration_subscribes(struct declaration_reader *reader,
                                  const config_setting_t *setting)
{
    return declaration_names(reader, setting, &reader->out->subscribes);
}

static int declaration_depends(struct declaration_reader *reader,
                               const config_setting_t *setting)
{
    return declaration_names(reader, setting, &reader->out->depends);
}

static int declaration_after(struct declaration_reader *reader,
                             const config_setting_t *setting)
{
    return declaration_names(reader, setting, &reader->out->after);
}

static const struct {
    const char *key;
    int (*read)(struct declaration_reader *reader,
                const config_setting_t *setting);
} declaration_keys[] = {
    {"module", declaration_module},         {"name", declaration_name},
    {"program", declaration_program},       {"enabled", declaration_enabled},
    {"subscribes", declaration_subscribes}, {"depends", declaration_depends},
    {"after", declaration_after},           {"settings", declaration_settings},
};

static int declaration_read_key(struct declaration_reader *reader,
                                const config_setting_t *setting)
{
    const char *key = config_setting_name(setting);
    size_t i;

    for (i = 0; i < ARRAY_SIZE(declaration_keys); i++)
        if (streq(declaration_keys[i].key, key))
            return declaration_keys[i].read(reader, setting);
    return error_set(reader->err, -EINVAL,
                     "%s:%u: unknown key \"%s\"; expected module, name, "
                     "program, enabled, subscribes, depends, after, settings",
                     reader->file,
                     (unsigned) config_setting_source_line(setting), key);
}

static int declaration_read(struct declaration_reader *reader,
                            const config_setting_t *root)
{
    int i, n = config_setting_length(root), r;

    for (i = 0; i < n; i++) {
        r = declaration_read_key(reader,
                                 config_setting_get_elem(root, (unsigned) i));
        if (r < 0)
            return r;
    }
    if (!reader->out->module)
        return error_set(reader->err, -EINVAL,
                         "%s: \"module\" is missing: name the .so",
                         reader->file);
    return 0;
}

static int declaration_refuse_include(const char *file, const char *text,
                                      struct error *err)
{
    unsigned line = 1;

    for (; text; text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL) {
        if (after_prefix(text + strspn(text, " \t"), "@include"))
            return error_set(err, -EINVAL, "%s:%u: @include is not allowed",
                             file, line);
        line++;
    }
    return 0;
}

int declaration_parse(const char *file, const char *text,
                      struct declaration *out, struct error *err)
{
    struct declaration declaration = {.enabled = true};
    struct declaration_reader reader = {file, &declaration, err};
    config_t parsed;
    int r = declaration_refuse_include(file, text, err);

    if (r < 0)
        return r;
    declaration.file = xstrdup(file);
    declaration.settings = json_object();
    config_init(&parsed);
    if (config_read_string(&parsed, text) == CONFIG_TRUE)
        r = declaration_read(&reader, config_root_setting(&parsed));
    else
        r = error_set(err, -EINVAL, "%s:%d: %s", file,
                      config_error_line(&parsed), config_error_text(&parsed));
    config_destroy(&parsed);
    if (r < 0)
        declaration_done(&declaration);
    else
        *out = declaration;
    return r;
}

void declaration_done(struct declaration *declaration)
{
    free(declaration->file);
    free(declaration->module);
    free(declaration->name);
    free(declaration->program);
    names_free(declaration->subscribes);
    names_free(declaration->depends);
    names_free(declaration->after);
    json_decref(declaration->settings);
    *declaration = (struct declaration){0};
}
