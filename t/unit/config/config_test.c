/* SPDX-License-Identifier: ISC */
/* ccm.conf: what is read, and what each mistake is answered with. */
#include "unit/unit.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/io.h"
#include "base/path.h"
#include "base/util.h"
#include "config/config.h"

#include <errno.h>
#include <fcntl.h>

#define STORE "store = { kind = \"local\"; };\n"
#define ETCD "store = { endpoints = (\"http://127.0.0.1:2379\"); };\n"

static char directory[] = "/tmp/ccm-config-XXXXXX";
static char *file;

static void write_config(const char *text)
{
    assert_int_equal(
        io_replace_file(AT_FDCWD, file, 0600, text, strlen(text), NULL), 0);
}

static struct config *load(const char *text)
{
    struct config *config = NULL;
    struct error err = {""};

    write_config(text);
    if (config_load(file, &config, &err) < 0)
        fail_msg("%s", err.text);
    return config;
}

static void every_key_has_a_default_but_the_endpoints(void **state)
{
    struct config *config = load("node = \"web1\";" ETCD);

    (void) state;
    assert_string_equal(config->file, file);
    assert_null(config->groups[0]);
    assert_string_equal(config->root, "/");
    assert_string_equal(config->state_dir, CCM_STATEDIR);
    assert_string_equal(config->socket, CCM_RUNDIR "/ccmd.sock");
    assert_string_equal(config->module_dirs[0], CCM_MODULEDIR);
    assert_null(config->module_dirs[1]);
    assert_int_equal(config->store.kind, STORE_ETCD);
    assert_string_equal(config->store.endpoints[0], "http://127.0.0.1:2379");
    assert_string_equal(config->store.prefix, "/ccm");
    assert_null(config->store.user);
    assert_int_equal(config->objects.kind, OBJECTS_ETCD);
    assert_int_equal(config->settle_quiet_ms, 10000);
    assert_int_equal(config->settle_max_ms, 300000);
    assert_int_equal(config->ttl_s, 30);
    assert_int_equal(config->plan_ahead, 2);
    assert_int_equal(config->run_timeout_ms, 900000);
    assert_int_equal(config->plan_timeout_ms, 30000);
    assert_int_equal(config->resync_ms, 3600000);
    assert_true(config->flag_lift_self);
    assert_int_equal(config->max_removals, 10);
    assert_int_equal(config->max_removals_percent, 30);
    assert_int_equal(config->history_max, 200);
    assert_int_equal(config->history_days, 90);
    assert_int_equal(config->n_services, 0);
    config_free(config);
}

static void the_host_name_is_the_node(void **state)
{
    struct config *config = load(STORE);
    char name[256] = "";

    (void) state;
    gethostname(name, sizeof(name) - 1);
    assert_string_equal(config->node, name);
    config_free(config);
}

static void reads_what_is_given(void **state)
{
    struct config *config =
        load("node = \"web1.example\"; groups = (\"nginx\", \"PHP\");\n"
             "root = \"/srv/node/\"; state_dir = \"/s\";\n"
             "settle = { quiet = 0.25; max = 2; };\n"
             "rollout = { resync = 0; run_timeout = 1.5; plan_timeout = 1;\n"
             "  flag_lift = \"operator\"; ttl = 5; };\n"
             "store = { endpoints = [\"https://a:1/\", \"https://b:2\"];\n"
             "  prefix = \"/x/\"; cacert = \"/ca\"; cert = \"/c\";\n"
             "  key = \"/k\"; user = \"u\"; password_file = \"/p\"; };\n"
             "objects = { kind = \"http\"; url = \"http://h/api/v1/\";\n"
             "  api_key_file = \"/key\"; };\n");

    (void) state;
    assert_string_equal(config->groups[1], "PHP");
    assert_string_equal(config->root, "/srv/node");
    assert_int_equal(config->settle_quiet_ms, 250);
    assert_int_equal(config->settle_max_ms, 2000);
    assert_int_equal(config->resync_ms, 0);
    assert_int_equal(config->run_timeout_ms, 1500);
    assert_int_equal(config->plan_timeout_ms, 1000);
    assert_false(config->flag_lift_self);
    assert_string_equal(config->store.endpoints[0], "https://a:1");
    assert_string_equal(config->store.endpoints[1], "https://b:2");
    assert_string_equal(config->store.prefix, "/x");
    assert_string_equal(config->store.tls.key, "/k");
    assert_int_equal(config->objects.kind, OBJECTS_HTTP);
    assert_string_equal(config->objects.url, "http://h/api/v1");
    config_free(config);
}

static void a_local_store_reads_objects_from_a_directory(void **state)
{
    struct config *config = load(STORE "state_dir = \"/s\";");

    (void) state;
    assert_int_equal(config->store.kind, STORE_LOCAL);
    assert_string_equal(config->store.path, "/s/store");
    assert_int_equal(config->objects.kind, OBJECTS_DIRECTORY);
    assert_string_equal(config->objects.path, "/s/objects");
    config_free(config);
}

static void services_fall_back_to_systemctl(void **state)
{
    struct config *config =
        load(STORE "services = {\n"
                   "  nginx = { test = [\"nginx\", \"-t\"]; timeout = 5; };\n"
                   "  php = { name = \"php8.2-fpm\"; reload = (\"/x\"); };\n"
                   "};");
    const struct config_service *service = config_service(config, "nginx");

    (void) state;
    assert_string_equal(service->test[1], "-t");
    assert_string_equal(service->reload[1], "reload");
    assert_string_equal(service->reload[2], "nginx");
    assert_null(service->reload[3]);
    assert_string_equal(service->check[2], "--quiet");
    assert_int_equal(service->timeout_ms, 5000);
    service = config_service(config, "php8.2-fpm");
    assert_string_equal(service->reload[0], "/x");
    assert_null(service->check);
    assert_string_equal(service->restart[2], "php8.2-fpm");
    assert_int_equal(service->timeout_ms, 30000);
    service = config_service(config, "cron");
    assert_string_equal(service->name, "cron");
    assert_string_equal(service->reload[2], "cron");
    assert_null(service->test);
    config_free(config);
}

/* What stands behind "FILE" in the message. */
static const struct {
    const char *text;
    const char *message;
} mistakes[] = {
    {STORE "nod = \"a\";", ":2: nod: unknown key; did you mean \"node\"?"},
    {STORE "\n\nsettle = {\n  quite = 3;\n};",
     ":5: settle.quite: unknown key; did you mean \"quiet\"?"},
    {STORE "\nplan_ahead = 3;",
     ":3: plan_ahead: unknown key here; did you mean "
     "\"rollout.plan_ahead\"?"},
    {STORE "guard = { socket = \"/x\"; };",
     ":2: guard.socket: unknown key here; it belongs outside of all { }"},
    {STORE "xyzzy = 1;", ":2: xyzzy: unknown key; ccm.conf(5) lists all"},
    {STORE "node = 5;", ":2: node: must be a string: \"...\""},
    {STORE "node = \"a b\";",
     ":2: node: \"a b\" may contain only letters, digits, \".\", \"_\", \"-\""},
    {STORE "node = \"..\";",
     ":2: node: \"..\" needs 1 to 63 bytes between its dots"},
    {STORE "groups = \"nginx\";",
     ":2: groups: must be a list of strings: (\"...\", \"...\")"},
    {STORE "groups = (\"a\",\n 1);",
     ":3: groups[1]: must be a string: \"...\""},
    {STORE "root = \"srv\";", ":2: root: \"srv\" is not absolute"},
    {STORE "runner = \"\";", ":2: runner: \"\" is not absolute"},
    {STORE "settle = 5;", ":2: settle: must be a group: { ... }"},
    {STORE "settle = { quiet = -1; };",
     ":2: settle.quiet: -1 is out of range; expected 0 to 3600 seconds"},
    {STORE "settle = { quiet = 1e999; };",
     ":2: settle.quiet: inf is out of range; expected 0 to 3600 seconds"},
    {STORE "settle = { quiet = \"10\"; };",
     ":2: settle.quiet: must be a number of seconds"},
    {STORE "settle = { quiet = 20;\n max = 10; };",
     ":2: settle: max (10 s) is shorter than quiet (20 s)"},
    {STORE "rollout = { ttl = 2.5; };", ":2: rollout.ttl: must be an integer"},
    {STORE "rollout = { ttl = 3601; };",
     ":2: rollout.ttl: 3601 is out of range; expected 1 to 3600"},
    {STORE "rollout = { plan_ahead = 17; };",
     ":2: rollout.plan_ahead: 17 is out of range; expected 0 to 16"},
    {STORE "rollout = { flag_lift = \"me\"; };",
     ":2: rollout.flag_lift: must be one of \"operator\", \"self\""},
    {STORE "rollout = { flag_lift = true; };",
     ":2: rollout.flag_lift: must be one of \"operator\", \"self\""},
    {STORE "rollout = { plan_timeout = 0; };",
     ":2: rollout.plan_timeout: 0 is out of range; expected 0.1 to 86400 "
     "seconds"},
    {STORE "history = { max = 0; };",
     ":2: history.max: 0 is out of range; expected 1 to 1000000"},
    {"node = \"a\";",
     ": endpoints is missing; write store = { endpoints = "
     "(\"http://127.0.0.1:2379\"); }, or kind = \"local\" for a single "
     "machine"},
    {"\nstore = { prefix = \"/x\"; };",
     ":2: store: endpoints is missing; write store = { endpoints = "
     "(\"http://127.0.0.1:2379\"); }, or kind = \"local\" for a single "
     "machine"},
    {"store = \"local\";", ":1: store: must be a group: { ... }"},
    {"store = { endpoints = (\"127.0.0.1:2379\"); };",
     ":1: store.endpoints[0]: \"127.0.0.1:2379\" begins with neither http:// "
     "nor https://"},
    {"store = { endpoints = (\"http://\"); };",
     ":1: store.endpoints[0]: \"http://\" has no host"},
    {"store = { endpoints = (\"http://:2379\"); };",
     ":1: store.endpoints[0]: \"http://:2379\" has no host"},
    {"store = { endpoints = (\"http://u:p@h\"); };",
     ":1: store.endpoints[0]: must not contain a user or password; use the "
     "keys for them"},
    {"store = { endpoints = (\"http://h/a b\"); };",
     ":1: store.endpoints[0]: \"http://h/a b\" has a character that is not "
     "allowed in a base URL"},
    {"store = { endpoints = (\"http://h\"); prefix = \"/\"; };",
     ":1: store.prefix: \"/\" would be all of etcd; write \"/ccm\" or the "
     "like"},
    {"store = { endpoints = (\"https://h\");\n cert = \"/c\"; };",
     ":1: store: key is missing: cert and key go together"},
    {"store = { endpoints = (\"https://h\"); user = \"u\"; };",
     ":1: store: password_file is missing: user and password_file go "
     "together"},
    {"store = { endpoints = (\"http://h\"); cacert = \"/c\"; };",
     ":1: store: endpoint http://h is not https://, so cacert, cert and key "
     "have no effect on it"},
    {"store = { kind = \"local\";\n endpoints = (\"http://h\"); };",
     ":2: store.endpoints: has no effect with kind \"local\"; remove it, or "
     "change store.kind"},
    {STORE "objects = { kind = \"etcd\"; };",
     ":2: objects: kind \"etcd\" needs store.kind \"etcd\"; write kind = "
     "\"directory\" or \"http\""},
    {STORE "objects = { kind = \"http\"; };",
     ":2: objects: url is missing; write url = "
     "\"https://api.example.com/api/v1\""},
    {STORE "objects = { kind = \"http\"; url = \"http://h\";\n"
           "api_key_file = \"/a\"; token_file = \"/t\"; };",
     ":2: objects: api_key_file and token_file exclude each other"},
    {STORE "objects = { url = \"http://h\"; };",
     ":2: objects.url: has no effect with kind \"directory\"; remove it, or "
     "change objects.kind"},
    {STORE "services = { a = { test = \"nginx -t\"; }; };",
     ":2: services.a.test: must be a list of strings: (\"...\", \"...\")"},
    {STORE "services = { a = { test = [\"nginx -t\"]; }; };",
     ":2: services.a.test: \"nginx -t\" contains a blank; write each argument "
     "as its own string (there is no shell)"},
    {STORE "services = { a = { test = []; }; };",
     ":2: services.a.test: does not name a program"},
    {STORE "services = { a = { test = [\"bin/x\"]; }; };",
     ":2: services.a.test: \"bin/x\" is neither an absolute path nor a name"},
    {STORE "services = { a = { tset = [\"x\"]; }; };",
     ":2: services.a.tset: unknown key; did you mean \"test\"?"},
    {STORE "services = { a = { };\n b = { name = \"a\"; }; };",
     ":3: services.b: service \"a\" is declared twice"},
    {STORE "services = { a = { name = \"-f\"; }; };",
     ":2: services.a.name: \"-f\" is not a valid service name"},
    {STORE "node = \"a\";\nnode = \"b\";", ":3: duplicate setting name"},
    {STORE "node = ;", ":2: syntax error"},
};

static void a_mistake_is_named_by_file_and_line(void **state)
{
    struct config *untouched = (struct config *) &mistakes, *config;
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(mistakes); i++) {
        struct error err = {""};

        config = untouched;
        write_config(mistakes[i].text);
        assert_int_equal(config_load(file, &config, &err), -EINVAL);
        assert_ptr_equal(config, untouched);
        assert_non_null(after_prefix(err.text, file));
        assert_string_equal(err.text + strlen(file), mistakes[i].message);
    }
}

static void more_than_anybody_writes_is_refused(void **state)
{
    cleanup_free char *large = xmalloc(1024 * 1024 + 2);
    cleanup_buf struct buf many = BUF_INIT;
    struct config *config = NULL;
    struct error err = {""};
    int i;

    (void) state;
    memset(large, '\n', 1024 * 1024 + 1);
    large[1024 * 1024 + 1] = '\0';
    write_config(large);
    assert_int_equal(config_load(file, &config, &err), -EFBIG);
    assert_non_null(strstr(err.text, "more than 1048576 bytes"));
    buf_puts(&many, STORE "groups = (\"g\"");
    for (i = 0; i < 1024; i++)
        buf_puts(&many, ", \"g\"");
    buf_puts(&many, ");");
    write_config(buf_text(&many));
    assert_int_equal(config_load(file, &config, &err), -EINVAL);
    assert_non_null(strstr(err.text, "groups: has more than 1024 entries"));
    assert_null(config);
}

static void the_example_is_good(void **state)
{
    const char *top = getenv("srcdir");
    cleanup_free char *example = path_join(top ? top : ".", "etc/ccm.conf");
    struct config *config = NULL;
    struct error err = {""};

    (void) state;
    if (config_load(example, &config, &err) < 0)
        fail_msg("%s", err.text);
    assert_string_equal(config_service(config, "php8.2-fpm")->test[1], "-t");
    config_free(config);
}

static void a_missing_file_is_named(void **state)
{
    struct config *config = NULL;
    struct error err;

    (void) state;
    assert_int_equal(config_load("/nowhere/ccm.conf", &config, &err), -ENOENT);
    assert_string_equal(err.text,
                        "/nowhere/ccm.conf: No such file or directory");
    assert_int_equal(config_load("/nowhere/ccm.conf", &config, NULL), -ENOENT);
    assert_null(config);
}

static void the_socket_is_read_from_a_file_with_other_mistakes(void **state)
{
    cleanup_free char *path = NULL, *fallback = NULL;
    struct error err;
    char *untouched = file, *out = file;

    (void) state;
    write_config("socket = \"/run/x.sock\"; xyzzy = 1;");
    assert_int_equal(config_load_socket(file, &path, &err), 0);
    assert_string_equal(path, "/run/x.sock");
    write_config("xyzzy = 1;");
    assert_int_equal(config_load_socket(file, &fallback, &err), 0);
    assert_string_equal(fallback, CCM_RUNDIR "/ccmd.sock");
    write_config("socket = \"run/x.sock\";");
    assert_int_equal(config_load_socket(file, &out, &err), -EINVAL);
    assert_int_equal(config_load_socket("/nowhere/x", &out, &err), -ENOENT);
    assert_ptr_equal(out, untouched);
}

static int make_directory(void **state)
{
    (void) state;
    if (!mkdtemp(directory))
        return -1;
    file = xasprintf("%s/ccm.conf", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void) state;
    unlink(file);
    free(file);
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_has_a_default_but_the_endpoints),
        cmocka_unit_test(the_host_name_is_the_node),
        cmocka_unit_test(reads_what_is_given),
        cmocka_unit_test(a_local_store_reads_objects_from_a_directory),
        cmocka_unit_test(services_fall_back_to_systemctl),
        cmocka_unit_test(a_mistake_is_named_by_file_and_line),
        cmocka_unit_test(more_than_anybody_writes_is_refused),
        cmocka_unit_test(the_example_is_good),
        cmocka_unit_test(a_missing_file_is_named),
        cmocka_unit_test(the_socket_is_read_from_a_file_with_other_mistakes),
    };

    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
