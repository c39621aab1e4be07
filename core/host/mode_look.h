/* SPDX-License-Identifier: ISC */
#ifndef CCM_HOST_MODE_LOOK_H
#define CCM_HOST_MODE_LOOK_H

/* The modes of ccm-runner. Each returns its exit status. */

#include "change/history.h"
#include "config/config.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Of `plan`. */
struct mode_plan {
    const char *const *types; /* NULL-terminated; NULL: all */
    bool json;
    bool colour;
    bool exit_code;      /* 3 if changes are pending */
    const char *catalog; /* the digest that it must have; NULL: any */
    bool check_only;     /* plan, but do not compare with the node */
};

/* Of `check`. */
struct mode_check_options {
    const char *file;
    const char *settings; /* a declaration; NULL: none */
    bool objects;         /* config has the source */
    bool json;
};

/* Examines a module; CCM_EXIT_FAILED if there are findings. */
int mode_check(struct config *config, const struct mode_check_options *check);

/* Prints the catalog as JSON, or {"error":...} and fails. */
int mode_describe(struct config *config);

/* Prints the preview. */
int mode_plan(struct config *config, const struct mode_plan *plan);

/* Does the job that is read from standard input: see base/protocol.h. */
int mode_run(struct config *config);

/* The job cannot be read because there is no configuration: reports that like a
 * failed job. */
int mode_run_fail(const char *why);

/* Recovers after a crash. */
int mode_recover(struct config *config);

/* Prints the objects of a type, or the one with that id (NULL: all). */
int mode_objects(struct config *config, const char *type, const char *id);

/* Prints the history of runs. */
int mode_history(struct config *config, const struct history_query *query);

/* Reports the error on standard error. Returns CCM_EXIT_FAILED. */
int mode_fail(const char *what);

/* Prints one JSON document on a line. Returns CCM_EXIT_DONE, or fails if it
 * cannot be written. */
int mode_print(const json_t *value);

#endif
