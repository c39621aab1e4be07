/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_HOST_API_FIXTURE_H
#define CCM_T_UNIT_HOST_API_FIXTURE_H

/* The run of a module, without the module: two crons, a user, settings. */

#include "unit/unit.h"

#include "host/api.h"

struct api_fixture {
    char *dir;
    struct config config;
    struct objects *objects;
    json_t *settings;
    struct api_input input;
    struct ccm_run run;
};

/* For cmocka: *state is a struct api_fixture. */
int fixture_open(void **state);
int fixture_close(void **state);
#define FIXTURE_TEST(test)                                                     \
    cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

const json_t *fixture_cron(struct api_fixture *fixture, int64_t id);

/* These start the run again. */
/* Why an object was rejected ("" if not). Returns new (freed with free). */
char *fixture_reason(struct api_fixture *fixture);
void fixture_expect_reason(struct api_fixture *fixture, const char *wanted);
/* The run has failed, with a text that holds part. */
void fixture_expect_failure(struct api_fixture *fixture, const char *part);

#endif
