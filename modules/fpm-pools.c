/* SPDX-License-Identifier: ISC */
/*
 * Writes one PHP-FPM pool file for each pool, in the pool directory of its PHP
 * version.
 *
 * All pools of a version share one php-fpm, which refuses to start because of a
 * single line that it does not understand. So every part of a line is checked
 * here, and a pool that fails is rejected by name: its old file stays and the
 * other pools go out.
 *
 * The pool directory belongs to the cluster alone: all other files are removed,
 * Debian's www.conf included. A php-fpm without any pool does not start, so a
 * version without pools gets a stand-in that serves nobody.
 *
 * php_settings become php_admin_value, which scripts cannot override. They are
 * in double quotes, in which only quotes, backslashes and "$" are special;
 * these are refused.
 *
 * is_namespaced has no effect: php-fpm's pools share their master's namespaces.
 * That would need a separate service for each pool.
 */
#include "fpm_settings.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SOCKET_PATH_MAX 107 /* sun_path of a UNIX socket, without the NUL */

struct fpm {
    struct ccm_run *run;
    const char *directory; /* with one %s for the version */
    const char *sockets, *logs;
    const char *web_user; /* may connect to the sockets, and its group */
    json_t *versions;
    json_t *paths; /* of the pools so far, as an object */
    json_t *used;  /* the versions that have a pool, as an object */
    bool unplaced; /* there is a pool whose file is unknown */
};

struct fpm_limits {
    int64_t fallback, low, high;
};

struct pool {
    const json_t *object;
    const char *name, *version;
    char service[32];
};

/* --------------------------------------------------------------- the lines */

/* A number within limits, or the pool is rejected. php-fpm takes 0 for "no
 * limit" or "off" where that is allowed. */
static long long fpm_number(struct ccm_run *run, const json_t *pool,
                            const char *field, struct fpm_limits limits)
{
    int64_t number = ccm_integer_or(run, pool, field, limits.fallback);

    if (number < limits.low || number > limits.high)
        ccm_reject(run, pool, "%s: %lld is out of range; expected %lld to %lld",
                   field, (long long) number, (long long) limits.low,
                   (long long) limits.high);
    return (long long) number;
}

/* The unix user that a pool runs as. php-fpm refuses root. */
static const char *fpm_user(struct ccm_run *run, const json_t *pool)
{
    const json_t *user = ccm_reference(run, pool, "unix_user_id", "unix-users");
    const char *name;

    if (ccm_rejected(run, pool))
        return "";
    name = ccm_name(run, user, "username");
    if (ccm_rejected(run, user) || *name == '-' || strlen(name) > 32 ||
        !fpm_is_word(name, "_.-"))
        ccm_reject(run, pool, "the username of its unix user is invalid");
    else if (strcmp(name, "root") == 0 ||
             ccm_integer_or(run, user, "unix_id", 1) == 0)
        ccm_reject(run, pool, "it would run as root");
    return name;
}

/* ------------------------------------------------------------------ a pool */

static void fpm_write_listen(struct fpm *fpm, const struct pool *pool,
                             FILE *out)
{
    char path[512];
    int size = snprintf(path, sizeof(path), "%s/php%s-%s.sock", fpm->sockets,
                        pool->version, pool->name);

    if (size > SOCKET_PATH_MAX)
        ccm_reject(fpm->run, pool->object,
                   "the path of its socket has %d bytes; the limit is %d", size,
                   SOCKET_PATH_MAX);
    fprintf(out,
            "listen = %s\nlisten.owner = %s\nlisten.group = %s\n"
            "listen.mode = 0660\n",
            path, fpm->web_user, fpm->web_user);
}

static void fpm_write_slow_log(struct fpm *fpm, const struct pool *pool,
                               FILE *out)
{
    static const char field[] = "log_slow_requests_threshold";
    const json_t *threshold = json_object_get(pool->object, field);

    if (!threshold || json_is_null(threshold))
        return;
    fprintf(out,
            "request_slowlog_timeout = %llds\nslowlog = %s/php%s-fpm.%s"
            ".slow.log\n",
            fpm_number(fpm->run, pool->object, field,
                       (struct fpm_limits){0, 0, 3600}),
            fpm->logs, pool->version, pool->name);
}

static void fpm_write(struct fpm *fpm, const struct pool *pool, FILE *out)
{
    const json_t *object = pool->object;
    struct ccm_run *run = fpm->run;

    fprintf(out,
            "; Made by ccm (%s) from the cluster's FPM pools. Do not edit: the "
            "next run restores it.\n[%s]\nuser = %s\n",
            ccm_configuration(run), pool->name, fpm_user(run, object));
    fpm_write_listen(fpm, pool, out);
    fprintf(out, "pm = ondemand\npm.max_children = %lld\n",
            fpm_number(run, object, "max_children",
                       (struct fpm_limits){25, 1, 10000}));
    fprintf(out, "pm.max_requests = %lld\n",
            fpm_number(run, object, "max_requests",
                       (struct fpm_limits){20, 0, 1000000}));
    fprintf(out, "pm.process_idle_timeout = %llds\n",
            fpm_number(run, object, "process_idle_timeout",
                       (struct fpm_limits){10, 1, 86400}));
    fpm_write_slow_log(fpm, pool, out);
    fpm_settings(run, object, out);
}

static bool fpm_has_version(const struct fpm *fpm, const char *version)
{
    const json_t *known;
    size_t i;

    json_array_foreach (fpm->versions, i, known)
        if (strcmp(json_string_value(known), version) == 0)
            return true;
    return false;
}

static bool fpm_name_is_valid(const char *name)
{
    /* php-fpm does not read hidden files. */
    return *name && strlen(name) <= 64 && !strchr("-.", *name) &&
           strcasecmp(name, "global") != 0 && fpm_is_word(name, "_.-");
}

static const char *fpm_path(const struct fpm *fpm, const char *version,
                            const char *name)
{
    char format[256];

    snprintf(format, sizeof(format), "%s/%%s.conf", fpm->directory);
    return ccm_path(fpm->run, format, version, name);
}

/* A rejected pool's file stays, wherever it is: what is declared for a rejected
 * object is left alone. */
static void fpm_keep(struct fpm *fpm, const json_t *object)
{
    const char *name = ccm_name(fpm->run, object, "name");
    const json_t *version;
    size_t i;

    if (!ccm_rejected(fpm->run, object) || !fpm_name_is_valid(name))
        return;

    json_array_foreach (fpm->versions, i, version) {
        const char *path = fpm_path(fpm, json_string_value(version), name);

        if (json_object_get(fpm->paths, path))
            continue;
        json_object_set_new(fpm->paths, path, json_true());
        ccm_file(fpm->run, &(struct ccm_file){
                               .path = path, .mode = 0600, .object = object});
    }
}

/* Reads and checks the parts of the file's name. */
static bool fpm_place(struct fpm *fpm, struct pool *pool)
{
    struct ccm_run *run = fpm->run;

    pool->name = ccm_name(run, pool->object, "name");
    pool->version = ccm_name(run, pool->object, "version");
    if (!fpm_name_is_valid(pool->name))
        ccm_reject(run, pool->object, "name is not a valid pool name");
    if (!fpm_has_version(fpm, pool->version))
        ccm_reject(run, pool->object,
                   "version \"%.20s\" is not one of the versions in the "
                   "settings of %s",
                   pool->version, ccm_configuration(run));
    snprintf(pool->service, sizeof(pool->service), "php%s-fpm", pool->version);
    return !ccm_rejected(run, pool->object);
}

static void fpm_pool(struct fpm *fpm, const json_t *object)
{
    struct pool pool = {.object = object};
    const char *path;
    FILE *out;

    if (!fpm_place(fpm, &pool)) {
        fpm->unplaced |= !fpm_name_is_valid(pool.name);
        return;
    }
    path = fpm_path(fpm, pool.version, pool.name);
    if (json_object_get(fpm->paths, path)) {
        ccm_reject(fpm->run, object, "another pool has this name and version");
        return;
    }
    json_object_set_new(fpm->paths, path, json_true());
    out = ccm_file(fpm->run, &(struct ccm_file){.path = path,
                                                .mode = 0600,
                                                .service = pool.service,
                                                .object = object});
    fpm_write(fpm, &pool, out);
    if (!ccm_rejected(fpm->run, object))
        json_object_set_new(fpm->used, pool.version, json_true());
}

/* ---------------------------------------------------------- the whole plan */

/* Keeps a php-fpm without pools running. */
static void fpm_stand_in(struct fpm *fpm, const char *version,
                         const char *service)
{
    FILE *out = ccm_file(
        fpm->run, &(struct ccm_file){.path = fpm_path(fpm, version, "none"),
                                     .mode = 0600,
                                     .service = service});

    fprintf(out,
            "; Made by ccm (%s): without a pool php-fpm does not start.\n"
            "[none]\nuser = nobody\nlisten = %s/php%s-none.sock\n"
            "listen.mode = 0600\npm = ondemand\npm.max_children = 1\n",
            ccm_configuration(fpm->run), fpm->sockets, version);
}

/* Removes files that belong to no pool. If the file of a rejected pool is
 * unknown, any file could be its, so all stay. */
static void fpm_finish(struct fpm *fpm)
{
    const json_t *version;
    char service[32];
    size_t i;

    json_array_foreach (fpm->versions, i, version) {
        const char *text = json_string_value(version);

        if (fpm->unplaced)
            return;
        snprintf(service, sizeof(service), "php%s-fpm", text);
        if (!json_object_get(fpm->used, text))
            fpm_stand_in(fpm, text, service);
        ccm_exclusive(fpm->run,
                      &(struct ccm_exclusive){
                          .path = ccm_path(fpm->run, fpm->directory, text),
                          .pattern = "*.conf",
                          .service = service});
    }
}

static int fpm_check_directory(const struct fpm *fpm)
{
    const char *percent = strchr(fpm->directory, '%');

    if (fpm->directory[0] != '/' || strlen(fpm->directory) > 200 || !percent ||
        percent[1] != 's' || strchr(percent + 1, '%'))
        return ccm_fail(fpm->run, "setting directory: expected an absolute "
                                  "path with one %%s for the version");
    if (fpm->sockets[0] != '/' || !fpm_is_word(fpm->sockets, "/._-") ||
        fpm->logs[0] != '/' || !fpm_is_word(fpm->logs, "/._-"))
        return ccm_fail(fpm->run,
                        "sockets and logs must be plain absolute paths");
    return 0;
}

static int fpm_check_versions(const struct fpm *fpm)
{
    const json_t *version;
    size_t i;

    json_array_foreach (fpm->versions, i, version) {
        const char *text = json_string_value(version);

        if (!text || strlen(text) > 8 || !*text ||
            strspn(text, "0123456789.") != strlen(text) || *text == '.')
            return ccm_fail(
                fpm->run, "setting versions: expected strings such as \"8.2\"");
    }
    return 0;
}

/* Reads the settings. Returns 0 or -1. */
static int fpm_read_settings(struct fpm *fpm, struct ccm_run *run)
{
    const json_t *set = ccm_settings(run);

    *fpm = (struct fpm){.run = run};
    fpm->directory =
        ccm_string_or(run, set, "directory", "/etc/php/%s/fpm/pool.d");
    fpm->sockets = ccm_string_or(run, set, "sockets", "/run/php");
    fpm->logs = ccm_string_or(run, set, "logs", "/var/log");
    fpm->web_user = ccm_string_or(run, set, "web_user", "www-data");
    fpm->versions = json_object_get(set, "versions")
                        ? json_deep_copy(ccm_array(run, set, "versions"))
                        : json_pack("[s]", "8.2");
    fpm->paths = json_object();
    fpm->used = json_object();
    if (!fpm_is_word(fpm->web_user, "_.-"))
        return ccm_fail(run, "setting web_user: expected the name of a user");
    return fpm_check_directory(fpm) < 0 ? -1 : fpm_check_versions(fpm);
}

static void fpm_done(struct fpm *fpm)
{
    json_decref(fpm->versions);
    json_decref(fpm->paths);
    json_decref(fpm->used);
}

static int fpm_check(struct ccm_run *run)
{
    struct fpm fpm;
    int r = fpm_read_settings(&fpm, run);

    fpm_done(&fpm);
    return r;
}

static int fpm_plan(struct ccm_run *run)
{
    const json_t *pool;
    struct fpm fpm;
    size_t i;
    int r = fpm_read_settings(&fpm, run);

    if (r == 0) {
        json_array_foreach (ccm_objects(run, "fpm-pools"), i, pool) {
            fpm_pool(&fpm, pool);
        }
        json_array_foreach (ccm_objects(run, "fpm-pools"), i, pool) {
            fpm_keep(&fpm, pool);
        }
        fpm_finish(&fpm);
    }
    fpm_done(&fpm);
    return r;
}

CCM_MODULE(.name = "fpm-pools", .version = "1.0",
           .summary = "PHP-FPM pools from the FPM pools of the cluster",
           .subscribes = CCM_LIST("fpm-pools", "unix-users"),
           .after = CCM_LIST("unix-users"), .check = fpm_check,
           .plan = fpm_plan);
