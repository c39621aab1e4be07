/* SPDX-License-Identifier: ISC */
#ifndef CCM_CONFIG_CONFIG_SCHEMA_H
#define CCM_CONFIG_CONFIG_SCHEMA_H

/* The inside of the configuration reader: its tables (config_schema.c), the
 * functions that read values (config_read.c, config_service.c), the checks of
 * single values (config_check.c) and across keys (config_whole.c), and the
 * place of an error (config_fault.c). Only config*.c include this. */

#include "config.h"

#include <libconfig.h>

enum config_type {
    CONFIG_KEY_STRING,
    CONFIG_KEY_URL,     /* a string; trailing slashes are dropped */
    CONFIG_KEY_PATH,    /* the same */
    CONFIG_KEY_STRINGS, /* a list of strings; NULL-terminated */
    CONFIG_KEY_PATHS,
    CONFIG_KEY_URLS,
    CONFIG_KEY_ARGV,
    CONFIG_KEY_INTEGER,
    CONFIG_KEY_SECONDS, /* an integer or a fraction; kept in milliseconds */
    CONFIG_KEY_CHOICE,  /* one of some words; kept as an enum */
    CONFIG_KEY_FLAG,    /* one of two words; kept as a bool */
    CONFIG_KEY_GROUP,
    CONFIG_KEY_SERVICES,
};

/* One key. A table of them ends with a NULL name. */
struct config_key {
    const char *name;
    enum config_type type;
    size_t offset;    /* of the field in the struct that the table fills */
    int64_t min, max; /* INTEGER; SECONDS, in milliseconds */
    int64_t number;   /* default of INTEGER, SECONDS (in ms), CHOICE, FLAG */
    const char *text; /* default of strings, or the one entry of a list */
    /* Checks a string, or each entry of a list. NULL: only what the type
     * requires (not empty, a path, a URL). */
    int (*check)(const char *value, struct error *err);
    const char *const *choices;       /* CHOICE, FLAG; NULL-terminated */
    const struct config_key *members; /* GROUP */
    bool bound;    /* ccmd and its runners must have the same value */
    unsigned only; /* bit 1 << kind set: allowed for that kind; 0: all */
};

extern const struct config_key config_keys[];
extern const struct config_key config_service_keys[];

/* The key with that name, or NULL. */
const struct config_key *config_key_find(const struct config_key *keys,
                                         const char *name);
/* The key that was probably meant, or NULL. */
const char *config_key_near(const struct config_key *keys, const char *name);

/* Sets defaults, and frees strings and lists, of the struct at base. */
void config_keys_defaults(const struct config_key *keys, void *base);
void config_keys_done(const struct config_key *keys, void *base);
void config_strings_free(char **strings);

struct config_reader {
    const char *file;
    struct config *config;
    struct error *err;
    /* Reads a CONFIG_KEY_SERVICES, which is read by tables again:
     * config_read_services. */
    int (*services)(const struct config_reader *reader,
                    const config_setting_t *setting);
};

/* Parses the file. Returns 0 with parsed to be destroyed, or -errno. */
int config_parse(const char *file, config_t *parsed, struct error *err);

/* Puts "FILE:LINE: key: " before the text, or "FILE: " if setting is NULL.
 * Returns -EINVAL. */
int config_fault(const struct config_reader *reader,
                 const config_setting_t *setting, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Reads the members of a group by their table into the struct at base. */
int config_read_group(const struct config_reader *reader,
                      const config_setting_t *group,
                      const struct config_key *keys, void *base);
int config_read_services(const struct config_reader *reader,
                         const config_setting_t *setting);
/* Reads one key, as config_read_group does. */
int config_read_value(const struct config_reader *reader,
                      const config_setting_t *setting,
                      const struct config_key *key, void *base);

/* Sets the defaults that depend on other keys, then checks across keys. */
int config_whole_check(const struct config_reader *reader,
                       const config_setting_t *root);

/* Check one value; err gets "is ...". */
int config_check_line(const char *value, struct error *err);
int config_check_path(const char *value, struct error *err);
int config_check_socket(const char *value, struct error *err);
int config_check_prefix(const char *value, struct error *err);
int config_check_url(const char *value, struct error *err);
int config_check_unit(const char *value, struct error *err);

#endif
