/* SPDX-License-Identifier: ISC */
/*
 * ccm.conf as a struct. libconfig parses; config_schema.c has the tables of all
 * keys.
 */
#include "config_schema.h"

#include "base/alloc.h"
#include "base/name.h"
#include "base/path.h"
#include "base/util.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>

static int config_absolute(const char *file, char **out, struct error *err)
{
    char here[PATH_MAX];

    if (file[0] == '/') {
        *out = xstrdup(file);
        return 0;
    }
    if (!getcwd(here, sizeof(here)))
        return error_errno(err, -errno, "%s", file);
    *out = path_join(here, file);
    return 0;
}

/* Done last, so that an invalid host name is an error only where it is
 * needed. */
static int config_fill_node(struct config *config, struct error *err)
{
    char name[HOST_NAME_MAX + 1] = "";
    struct error why;

    if (config->node)
        return 0;
    if (gethostname(name, sizeof(name) - 1) < 0)
        return error_errno(err, -errno, "%s: the host name", config->file);
    if (name_check_node(name, &why) < 0)
        return error_set(err, -EINVAL,
                         "%s: the host name \"%s\" %s; write node = \"...\"",
                         config->file, name, why.text);
    config->node = xstrdup(name);
    return 0;
}

static int config_fill(const struct config_reader *reader, config_t *parsed)
{
    const config_setting_t *root = config_root_setting(parsed);
    int r = config_read_group(reader, root, config_keys, reader->config);

    if (r == 0)
        r = config_whole_check(reader, root);
    if (r == 0)
        r = config_fill_node(reader->config, reader->err);
    return r;
}

/* It names programs that root runs, so nobody else may write to it. */
static int config_check_owner(const char *file, struct error *err)
{
    struct stat st;

    if (geteuid() != 0 || stat(file, &st) < 0 || !S_ISREG(st.st_mode))
        return 0; /* reading it reports the reason */
    if (st.st_uid != 0)
        return error_set(err, -EPERM,
                         "%s belongs to user %u, but root runs programs that "
                         "it names: chown root it",
                         file, (unsigned) st.st_uid);
    if (st.st_mode & (S_IWGRP | S_IWOTH))
        return error_set(err, -EPERM,
                         "%s can be written by others (mode %04o), but root "
                         "runs programs that it names: chmod go-w it",
                         file, (unsigned) st.st_mode & 07777);
    return 0;
}

int config_load(const char *file, struct config **out, struct error *err)
{
    struct config *config = xcalloc(1, sizeof(*config));
    struct config_reader reader = {file, config, err, config_read_services};
    config_t parsed;
    int r;

    config_keys_defaults(config_keys, config);
    r = config_absolute(file, &config->file, err);
    if (r == 0)
        r = config_check_owner(file, err);
    if (r == 0)
        r = config_parse(file, &parsed, err);
    if (r == 0) {
        r = config_fill(&reader, &parsed);
        config_destroy(&parsed);
    }
    if (r == 0)
        config->digest = config_digest(config);
    if (r < 0) {
        config_free(config);
        return r;
    }
    *out = config;
    return 0;
}

void config_free(struct config *config)
{
    size_t i;

    if (!config)
        return;
    for (i = 0; i < config->n_services; i++)
        config_keys_done(config_service_keys, &config->services[i]);
    free(config->services);
    free(config->file);
    free(config->digest);
    config_keys_done(config_keys, config);
    free(config);
}

int config_load_socket(const char *file, char **out, struct error *err)
{
    const struct config_key *key = config_key_find(config_keys, "socket");
    struct config config = {.socket = xstrdup(key->text)};
    struct config_reader reader = {file, &config, err, NULL};
    const config_setting_t *setting;
    config_t parsed;
    int r = config_parse(file, &parsed, err);

    if (r == 0) {
        setting =
            config_setting_get_member(config_root_setting(&parsed), "socket");
        if (setting)
            r = config_read_value(&reader, setting, key, &config);
        config_destroy(&parsed);
    } else if (r == -ENOENT && streq(file, CONFIG_DEFAULT_FILE)) {
        r = 0;
    }
    if (r < 0) {
        free(config.socket);
        return r;
    }
    *out = config.socket;
    return 0;
}
