/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_STORE_STORE_LOCAL_FIXTURE_H
#define CCM_T_UNIT_STORE_STORE_LOCAL_FIXTURE_H

/* A store in a folder of its own, and what a person does to that folder. */

#include "store_driver.h"

struct store_local_fixture {
    struct store_driver driver;
    struct config config;
    char path[64]; /* the store is path/store */
};

/* Makes the folder and opens the store; frees the store and removes it. */
void fixture_open(struct store_local_fixture *f);
void fixture_close(struct store_local_fixture *f);

/* For cmocka: *state is a struct store_local_fixture, which begins with its
 * driver. */
int fixture_setup(void **state);
int fixture_teardown(void **state);
#define LOCAL_TEST(test)                                                       \
    cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

/* The daemon ends (by what means does not matter) and starts again. */
void fixture_restart(struct store_local_fixture *f);

/* The file of a key. Returns new (freed with free). */
char *fixture_file(const struct store_local_fixture *f, const char *key);
void fixture_write(const struct store_local_fixture *f, const char *key,
                   const char *text);
void fixture_remove(const struct store_local_fixture *f, const char *key);
/* Does the key's file hold text; or, with NULL, is there none? */
bool fixture_has(const struct store_local_fixture *f, const char *key,
                 const char *text);

void fixture_remove_tree(const char *path);

#endif
