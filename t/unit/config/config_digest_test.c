/* SPDX-License-Identifier: ISC */
/* What ccmd and its runners must have read alike in ccm.conf. */
#include "unit/unit.h"

#include "base/alloc.h"
#include "base/util.h"
#include "config/config.h"
#include "unit/scratch.h"

#include <errno.h>

static char *directory, *file;

static struct config *load(const char *text)
{
    struct config *config = NULL;
    struct error err = {""};

    scratch_puts(directory, "ccm.conf", text);
    if (config_load(file, &config, &err) < 0)
        fail_msg("%s", err.text);
    return config;
}

static const char was[] = "node = \"a\"; root = \"/r\"; state_dir = \"/s\";"
                          "store = { endpoints = (\"http://h:1\"); };";

static const struct {
    const char *now;
    const char *names; /* NULL: it may change */
} digest_cases[] = {
    {"node=\"a\";root=\"/r\";state_dir=\"/s\";"
     "store={endpoints=(\"http://h:1/\");prefix=\"/ccm\";};",
     NULL},
    {"node=\"a\";root=\"/r\";state_dir=\"/s\"; groups=(\"x\");"
     "modules_d=\"/m\";history={max=1;};guard={max_removals=1;};"
     "services={x={timeout=1.0;};};settle={quiet=1.0;};"
     "rollout={plan_timeout=1.0;};"
     "store={endpoints=(\"http://h:1\");user=\"u\";password_file=\"/p\";};",
     NULL},
    {"node=\"b\";root=\"/r\";state_dir=\"/s\";"
     "store={endpoints=(\"http://h:1\");};",
     "node"},
    {"node=\"a\";state_dir=\"/s\";store={endpoints=(\"http://h:1\");};",
     "root"},
    {"node=\"a\";root=\"/r\";store={endpoints=(\"http://h:1\");};",
     "state_dir"},
    {"node=\"a\";root=\"/r\";state_dir=\"/s\";"
     "store={kind=\"local\";};",
     "store.kind"},
    {"node=\"a\";root=\"/r\";state_dir=\"/s\";"
     "store={endpoints=(\"http://h:1\",\"http://h:2\");};",
     "store.endpoints"},
    {"node=\"a\";root=\"/r\";state_dir=\"/s\";"
     "store={endpoints=(\"http://h:1\");prefix=\"/other\";};",
     "store.prefix"},
    {"node=\"a\";root=\"/r\";state_dir=\"/s\";"
     "store={endpoints=(\"http://h:1\");};objects={kind=\"directory\";};",
     "objects.kind"},
};

static void the_digest_names_what_ccmd_and_runner_read_differently(void **state)
{
    struct config *config = load(was);
    cleanup_free char *digest = xstrdup(config->digest);
    size_t i;

    (void) state;
    config_free(config);
    for (i = 0; i < ARRAY_SIZE(digest_cases); i++) {
        struct error err = {""};
        cleanup_free char *text =
            digest_cases[i].names
                ? xasprintf("%s: %s has changed since ccmd was started: "
                            "restart ccmd, or restore the old value",
                            file, digest_cases[i].names)
                : xstrdup("");

        config = load(digest_cases[i].now);
        assert_int_equal(config_check_digest(config, digest, &err),
                         digest_cases[i].names ? -ESTALE : 0);
        assert_string_equal(err.text, text);
        assert_int_equal(config_check_digest(config, NULL, &err), 0);
        assert_int_equal(config_check_digest(config, "12", &err), -ESTALE);
        config_free(config);
    }
}

static int make_directory(void **state)
{
    (void) state;
    directory = scratch_new();
    file = scratch_path(directory, "ccm.conf");
    return 0;
}

static int remove_directory(void **state)
{
    (void) state;
    free(file);
    scratch_free(directory);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            the_digest_names_what_ccmd_and_runner_read_differently),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
