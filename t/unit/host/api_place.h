/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_API_PLACE_H
#define CCM_T_API_PLACE_H

/* The run of a module, without the module: two crons, a user, settings. */

#include "unit/unit.h"

#include "host/api.h"

struct place {
    char *dir;
    struct config config;
    struct objects *objects;
    json_t *settings;
    struct api_input input;
    struct ccm_run run;
};

/* For cmocka: *state is a struct place. */
int place_open(void **state);
int place_close(void **state);
#define PLACED(test)                                                           \
    cmocka_unit_test_setup_teardown(test, place_open, place_close)

const json_t *place_cron(struct place *place, int64_t id);

/* These begin the run anew. */
/* Why an object was rejected ("" if not). Returns new (freed with free). */
char *place_reason(struct place *place);
void place_expect_reason(struct place *place, const char *wanted);
/* The run has failed, with a text that holds part. */
void place_expect_failure(struct place *place, const char *part);

#endif
