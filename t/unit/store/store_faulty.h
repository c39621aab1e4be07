/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_STORE_STORE_FAULTY_H
#define CCM_T_UNIT_STORE_STORE_FAULTY_H

/* A store in etcd whose first endpoint is a fake that misbehaves. */

#include "store_driver.h"

#include "unit/server.h"

struct faulty {
    struct store_driver driver;
    struct config config;
    char *endpoints[4];
    struct fake_server fake;
};

/* For cmocka: *state is a struct faulty, whose store is not open yet. */
int faulty_setup(void **state);
int faulty_teardown(void **state);
#define FAULTY_TEST(test)                                                      \
    cmocka_unit_test_setup_teardown(test, faulty_setup, faulty_teardown)

/* Opens it on the fake, with etcd (NULL: none) as a second endpoint. */
void faulty_open(struct faulty *f, const struct etcd_server *etcd, fake_fn fn);

#endif
