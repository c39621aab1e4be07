/* SPDX-License-Identifier: ISC */
/* The store in an etcd that wants to know who asks: users, and TLS. */
#include "store_driver.h"

#include "unit/server.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/util.h"

#include <errno.h>

struct fixture {
    struct store_driver driver;
    struct config config;
    struct etcd_server server;
    char *endpoints[2];
    char *password_file;
};

static struct fixture *new_fixture(bool tls)
{
    struct fixture *f = test_calloc(1, sizeof(*f));

    f->server.tls = tls;
    etcd_server_start(&f->server);
    f->endpoints[0] = f->server.url;
    f->config.store.kind = STORE_ETCD;
    f->config.store.endpoints = f->endpoints;
    f->config.store.prefix = "/ccm";
    f->config.ttl_s = 24;
    return f;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    driver_done(&f->driver);
    etcd_server_remove(&f->server);
    free(f->password_file);
    test_free(f);
    return 0;
}

/* --------------------------------------------------------------------- users
 */

static void set_password(struct fixture *f, const char *password)
{
    FILE *file = fopen(f->password_file, "w");

    assert_non_null(file);
    fprintf(file, "%s\n", password);
    fclose(file);
}

/* A user who may do everything below /ccm, and nothing else. */
static int setup_user(void **state)
{
    static const char *const steps[] = {
        "user add root:top",
        "user add ccm:secret",
        "role add ccm",
        "role grant-permission ccm readwrite --prefix=true /ccm/",
        "user grant-role ccm ccm",
        "user grant-role root root",
        "auth enable",
    };
    struct fixture *f = new_fixture(false);
    size_t i;

    for (i = 0; i < ARRAY_SIZE(steps); i++)
        etcd_server_ctl(&f->server, steps[i]);
    f->password_file = xasprintf("%s/password", f->server.folder);
    set_password(f, "secret");
    f->config.store.user = "ccm";
    f->config.store.password_file = f->password_file;
    driver_init(&f->driver, &f->config);
    *state = f;
    return 0;
}

static void a_user_may_do_what_it_may(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(driver_put(&f->driver, "flag", "x"), 0);
    driver_watch(&f->driver, "flag", NULL, 0);
    driver_until(&f->driver, "opened");
    driver_delete(&f->driver, "flag");
    driver_until(&f->driver, "del flag");
    assert_int_equal(driver_grant(&f->driver, 30), 0);
    assert_int_equal(driver_keep(&f->driver, f->driver.lease), 0);
    assert_int_equal(f->driver.ttl_s, 30);
}

static void a_user_may_not_do_more(void **state)
{
    struct fixture *f = *state;

    driver_done(&f->driver);
    f->config.store.prefix = "/other";
    driver_init(&f->driver, &f->config);
    assert_int_equal(driver_put(&f->driver, "flag", "x"), -EPERM);
    assert_non_null(strstr(f->driver.error, "permission denied"));
    driver_watch(&f->driver, "flag", NULL, 0);
    driver_until(&f->driver, "lost EPERM ");
}

static void nobody_may_do_nothing(void **state)
{
    struct fixture *f = *state;

    driver_done(&f->driver);
    f->config.store.user = NULL;
    driver_init(&f->driver, &f->config);
    assert_int_equal(driver_put(&f->driver, "flag", "x"), -EPERM);
    driver_watch(&f->driver, "flag", NULL, 0);
    driver_until(&f->driver, "lost EPERM ");
}

static void a_wrong_password_is_told_and_never_shown(void **state)
{
    struct fixture *f = *state;

    set_password(f, "wrong-Passw0rd");
    assert_int_equal(driver_put(&f->driver, "flag", "x"), -EPERM);
    assert_non_null(strstr(f->driver.error, "authentication failed"));
    assert_null(strstr(f->driver.error, "Passw0rd"));
    /* It is read again, so that mending the file is enough. */
    set_password(f, "secret");
    assert_int_equal(driver_put(&f->driver, "flag", "x"), 0);
}

static void a_missing_password_file_is_told(void **state)
{
    struct fixture *f = *state;

    unlink(f->password_file);
    assert_int_equal(driver_put(&f->driver, "flag", "x"), -EPERM);
    assert_non_null(strstr(f->driver.error, "password_file"));
}

/* etcd keeps its tokens in memory: a new process knows none of them. */
static void a_token_that_has_lapsed_is_renewed(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(driver_put(&f->driver, "flag", "1"), 0);
    etcd_server_stop(&f->server);
    etcd_server_again(&f->server);
    assert_int_equal(driver_put(&f->driver, "flag", "2"), 0);
    assert_string_equal(driver_get(&f->driver, "flag"), "2");
}

static void a_watch_gets_another_token_too(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(driver_put(&f->driver, "flag", "1"), 0);
    etcd_server_stop(&f->server);
    etcd_server_again(&f->server);
    driver_watch(&f->driver, "flag", NULL, 0);
    driver_until(&f->driver, "opened");
    assert_null(strstr(buf_text(&f->driver.seen), "lost"));
}

static void authentication_may_be_switched_off_and_on(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(driver_put(&f->driver, "flag", "1"), 0);
    etcd_server_ctl(&f->server, "--user root:top auth disable");
    assert_int_equal(driver_put(&f->driver, "flag", "2"), 0);
    etcd_server_stop(&f->server);
    etcd_server_again(&f->server);
    /* A node that starts now cannot log in, and need not. */
    driver_done(&f->driver);
    driver_init(&f->driver, &f->config);
    assert_int_equal(driver_put(&f->driver, "flag", "3"), 0);
    etcd_server_ctl(&f->server, "auth enable");
    assert_int_equal(driver_put(&f->driver, "flag", "4"), 0);
    assert_string_equal(driver_get(&f->driver, "flag"), "4");
}

/* ----------------------------------------------------------------------- TLS
 */

static int setup_tls(void **state)
{
    struct fixture *f = new_fixture(true);
    struct config_tls *tls = &f->config.store.tls;

    tls->cacert = xasprintf("%s/ca.pem", f->server.folder);
    tls->cert = xasprintf("%s/cert.pem", f->server.folder);
    tls->key = xasprintf("%s/key.pem", f->server.folder);
    driver_init(&f->driver, &f->config);
    *state = f;
    return 0;
}

static int teardown_tls(void **state)
{
    struct fixture *f = *state;

    free(f->config.store.tls.cacert);
    free(f->config.store.tls.cert);
    free(f->config.store.tls.key);
    return teardown(state);
}

/* In valgrind, and beside others, a handshake can take longer than a connection
 * may. */
static int put_over_tls(struct fixture *f)
{
    int64_t deadline = clock_ms() + DRIVER_DEADLINE_MS;
    int r;

    do
        r = driver_put(&f->driver, "flag", "x");
    while (r == -ETIMEDOUT && clock_ms() < deadline);
    return r;
}

static void client_certificates_are_shown(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(put_over_tls(f), 0);
    driver_watch(&f->driver, "flag", NULL, 0);
    driver_until(&f->driver, "opened");
}

static void without_one_there_is_no_answer(void **state)
{
    struct fixture *f = *state;
    char *cert = f->config.store.tls.cert;

    driver_done(&f->driver);
    f->config.store.tls.cert = NULL;
    driver_init(&f->driver, &f->config);
    assert_true(put_over_tls(f) < 0);
    f->config.store.tls.cert = cert;
}

static void a_server_of_another_authority_is_refused(void **state)
{
    struct fixture *f = *state;
    char *cacert = f->config.store.tls.cacert;

    driver_done(&f->driver);
    f->config.store.tls.cacert = NULL;
    driver_init(&f->driver, &f->config);
    assert_int_equal(put_over_tls(f), -EIO);
    assert_non_null(strstr(f->driver.error, "certificate"));
    f->config.store.tls.cacert = cacert;
}

#define USER_TEST(test)                                                        \
    cmocka_unit_test_setup_teardown(test, setup_user, teardown)
#define TLS_TEST(test)                                                         \
    cmocka_unit_test_setup_teardown(test, setup_tls, teardown_tls)

int main(void)
{
    const struct CMUnitTest tests[] = {
        USER_TEST(a_user_may_do_what_it_may),
        USER_TEST(a_user_may_not_do_more),
        USER_TEST(nobody_may_do_nothing),
        USER_TEST(a_wrong_password_is_told_and_never_shown),
        USER_TEST(a_missing_password_file_is_told),
        USER_TEST(a_token_that_has_lapsed_is_renewed),
        USER_TEST(a_watch_gets_another_token_too),
        USER_TEST(authentication_may_be_switched_off_and_on),
        TLS_TEST(client_certificates_are_shown),
        TLS_TEST(without_one_there_is_no_answer),
        TLS_TEST(a_server_of_another_authority_is_refused),
    };

    if (!server_has("etcd") || !server_has("etcdctl") ||
        !server_has("openssl")) {
        puts("1..0 # skipped: etcd or openssl is not installed");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
