/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_STORE_FOLDER_H
#define CCM_T_STORE_FOLDER_H

/* A store in a folder of its own, and what a person does to that folder. */

#include "store_probe.h"

struct folder {
    struct probe probe;
    struct config config;
    char path[64]; /* the store is path/store */
};

/* Makes the folder and opens the store; frees the store and removes it. */
void folder_open(struct folder *f);
void folder_close(struct folder *f);

/* For cmocka: *state is a struct folder, which begins with its probe. */
int folder_setup(void **state);
int folder_teardown(void **state);
#define FOLDER_TEST(test)                                                      \
    cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

/* The daemon ends (by what means does not matter) and starts again. */
void folder_restart(struct folder *f);

/* The file of a key. Returns new (freed with free). */
char *folder_file(const struct folder *f, const char *key);
void folder_write(const struct folder *f, const char *key, const char *text);
void folder_remove(const struct folder *f, const char *key);
/* Does the key's file hold text; or, with NULL, is there none? */
bool folder_has(const struct folder *f, const char *key, const char *text);

void folder_remove_tree(const char *path);

#endif
