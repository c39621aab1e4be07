/* SPDX-License-Identifier: ISC */
/* A store on a fake etcd. */
#include "store_faulty.h"

#include "base/alloc.h"

int faulty_setup(void **state)
{
    struct faulty *f = test_calloc(1, sizeof(*f));

    f->config.store.kind = STORE_ETCD;
    f->config.store.endpoints = f->endpoints;
    f->config.store.prefix = "/ccm";
    f->config.ttl_s = 3; /* the shortest time limit: 2 s */
    *state = f;
    return 0;
}

int faulty_teardown(void **state)
{
    struct faulty *f = *state;

    if (f->driver.loop)
        driver_done(&f->driver);
    if (f->fake.pid)
        fake_server_stop(&f->fake);
    test_free(f);
    return 0;
}

void faulty_open(struct faulty *f, const struct etcd_server *etcd, fake_fn fn)
{
    fake_server_start(&f->fake, fn);
    f->endpoints[0] = f->fake.url;
    f->endpoints[1] = etcd ? (char *) etcd->url : NULL;
    driver_init(&f->driver, &f->config);
}
