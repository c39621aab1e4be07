/* SPDX-License-Identifier: ISC */
#ifndef CCM_CONFIG_CONFIG_H
#define CCM_CONFIG_CONFIG_H

/* ccm.conf, read once and checked whole; see ccm.conf(5). */

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum store_kind {
    STORE_ETCD,
    STORE_LOCAL,
};

enum objects_kind {
    OBJECTS_ETCD,
    OBJECTS_HTTP,
    OBJECTS_DIRECTORY,
};

/* What a TLS connection trusts; each may be NULL. */
struct config_tls {
    char *cacert; /* file, PEM */
    char *cert;   /* file, PEM */
    char *key;    /* file, PEM */
};

struct config_store {
    enum store_kind kind;
    char **endpoints; /* NULL-terminated; base URLs without trailing "/" */
    char *prefix;     /* "/ccm": leading slash, no trailing one */
    struct config_tls tls;
    char *user;          /* NULL: no authentication */
    char *password_file; /* NULL if user is */
    char *path;          /* STORE_LOCAL */
};

struct config_objects {
    enum objects_kind kind;
    char *url; /* OBJECTS_HTTP: base URL without trailing "/" */
    char *api_key_file;
    char *token_file; /* bearer token instead of an API key */
    char *cacert;
    char *path; /* OBJECTS_DIRECTORY */
};

/* An argument vector, NULL-terminated; NULL if not configured. */
typedef char **config_argv;

struct config_service {
    char *name;
    config_argv test;    /* is the configuration valid? NULL: no test */
    config_argv reload;  /* never NULL: systemctl is the default */
    config_argv restart; /* never NULL */
    config_argv check;   /* is it healthy? NULL: no check */
    int64_t timeout_ms;  /* for each command, and for retrying the check */
};

/* All of ccm.conf; ccm.conf(5) has the ranges and defaults. */
struct config {
    char *file; /* the file it was read from, absolute */
    char *node;
    char **groups; /* NULL-terminated */
    char *root;
    char *state_dir;
    char *socket;
    char *modules_d;
    char **module_dirs; /* NULL-terminated */
    char *runner;
    struct config_store store;
    struct config_objects objects;
    int64_t settle_quiet_ms;
    int64_t settle_max_ms;
    int64_t ttl_s;
    int64_t plan_ahead; /* at most QUEUE_AHEAD_MAX of rollout/queue.h */
    int64_t run_timeout_ms;
    int64_t plan_timeout_ms; /* of one planner */
    int64_t resync_ms;       /* 0: never */
    bool flag_lift_self;
    int64_t planner_uid_first, planner_uid_count;
    int64_t accounts_first, accounts_last; /* ids that modules may declare */
    char **accounts_allow; /* and names with other ids; NULL-terminated */
    int64_t max_removals;
    int64_t max_removals_percent;
    int64_t history_max;  /* records kept */
    int64_t history_days; /* days for which a record is kept */
    struct config_service *services;
    size_t n_services;
    char *digest; /* its config_digest when it was read */
};

/*
 * Reads and checks a file. Every key is known, typed and range-checked.
 * Sets *out, new (freed with config_free). Returns 0 or -errno with
 * "FILE:LINE: what is wrong; what to do" in err.
 */
int config_load(const char *file, struct config **out, struct error *err);
/* The digest of what ccmd and its runners must agree on: the name of the node,
 * the store, and where it changes files. Returns new, hex digits. */
char *config_digest(const struct config *config);
/* Does the digest match expected (of another reading; NULL: any)? Returns 0, or
 * -ESTALE with the first key that differs, and what to do. */
int config_check_digest(const struct config *config, const char *expected,
                        struct error *err);
/* NULL is legal. */
void config_free(struct config *config);

/*
 * Only the socket's path, with the default if the file does not exist and
 * file is the default one (for ccmctl). Sets *out, new (freed with free).
 */
int config_load_socket(const char *file, char **out, struct error *err);

/* The service of that name: a declared one, or a new one with the systemctl
 * defaults. Returns borrowed (valid until config_free or the next call). */
const struct config_service *config_service(struct config *config,
                                            const char *name);

#define CONFIG_DEFAULT_FILE CCM_SYSCONFDIR "/ccm/ccm.conf"

#endif
