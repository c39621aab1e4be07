/* SPDX-License-Identifier: ISC */
/* The etcd source against a private etcd on free ports. */
#include "unit/unit.h"

#include "private_etcd.h"

#include "base/alloc.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/util.h"
#include "etcd/etcd_wire.h"
#include "objects/source.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>

#define WITHIN_MS unit_ms(60000)
#define CRONS 1300

static char *endpoints[] = {etcd.url, NULL};
static struct config config = {
    .objects.kind = OBJECTS_ETCD,
    .store = {.endpoints = endpoints, .prefix = "/ccm"},
};

static int fetch(const char *const *types, int64_t at_least,
                 struct objects **out, struct error *err)
{
    int r = objects_fetch(&config, types, at_least, out, err);

    if (r < 0)
        *out = NULL;
    return r;
}

static int setup(void **state)
{
    (void) state;
    return etcd_start();
}

static int teardown(void **state)
{
    (void) state;
    return etcd_stop();
}

/* ----------------------------------------------------------------- writing */

static void add_put(struct buf *puts, const char *type, const char *id,
                    const char *value)
{
    cleanup_free char *key = xasprintf("/ccm/objects/%s/%s", type, id);

    if (puts->size > 0)
        buf_puts(puts, ",");
    etcd_wire_put(puts, key, value, 0);
}

static void commit(struct buf *puts)
{
    cleanup_free char *body = xasprintf("{\"success\":[%s]}", buf_text(puts));

    etcd_post(ETCD_WIRE_TXN_PATH, body);
    buf_done(puts);
}

static void put(const char *type, const char *id, const char *value)
{
    struct buf puts = BUF_INIT;

    add_put(&puts, type, id, value);
    commit(&puts);
}

static void delete (const char *type, const char *id)
{
    cleanup_free char *key = xasprintf("/ccm/objects/%s/%s", type, id);
    struct buf pieces = BUF_INIT;

    etcd_wire_delete(&pieces, key);
    commit(&pieces);
}

static void add_object(struct buf *puts, const char *type, int id,
                       int generation)
{
    cleanup_free char *name = xasprintf("%d", id);
    cleanup_free char *value =
        xasprintf("{\"id\": %d, \"generation\": %d}", id, generation);

    add_put(puts, type, name, value);
}

static void import_crons(void)
{
    struct buf puts = BUF_INIT;
    int id;

    for (id = 1; id <= CRONS; id++) {
        add_object(&puts, "crons", id, 0);
        if (id % 100 == 0)
            commit(&puts);
    }
    add_object(&puts, "unix-users", 1, 0);
    commit(&puts);
}

/* ------------------------------------------------------------------- tests */

static const char *const both[] = {"crons", "unix-users", NULL};

static void reads_all_pages_of_all_types(void **state)
{
    struct objects *objects;
    struct error err;
    const json_t *crons;
    size_t i;

    (void) state;
    import_crons();
    assert_int_equal(fetch(both, 0, &objects, &err), 0);
    crons = objects_of(objects, "crons");
    assert_int_equal(json_array_size(crons), CRONS);
    for (i = 0; i < CRONS; i++)
        assert_int_equal(
            json_integer_value(json_object_get(json_array_get(crons, i), "id")),
            i + 1);
    assert_int_equal(json_array_size(objects_of(objects, "unix-users")), 1);
    assert_true(objects_revision(objects) > 1);
    objects_free(objects);
}

static void a_type_without_keys_is_empty(void **state)
{
    static const char *const types[] = {"cron", "domains", NULL};
    struct objects *objects;
    struct error err;

    (void) state;
    assert_int_equal(fetch(types, 0, &objects, &err), 0);
    assert_int_equal(json_array_size(objects_of(objects, "cron")), 0);
    assert_int_equal(json_array_size(objects_of(objects, "domains")), 0);
    objects_free(objects);
}

/* Changes the first and last cron and a unix user in one transaction, again
 * and again; with compact, what was before is gone each time. */
struct writer {
    pthread_t thread;
    _Atomic bool stop;
    bool compact;
};

static void *write_on(void *userdata)
{
    struct writer *writer = userdata;
    int generation;

    for (generation = 1; !writer->stop; generation++) {
        struct buf puts = BUF_INIT;

        add_object(&puts, "crons", 1, generation);
        /* As text, 999 is the last key, on the last page. */
        add_object(&puts, "crons", 999, generation);
        add_object(&puts, "unix-users", 1, generation);
        commit(&puts);
        if (writer->compact) {
            cleanup_free char *body = NULL;
            struct objects *objects;
            struct error err;
            static const char *const none[] = {"cron", NULL};

            assert_int_equal(fetch(none, 0, &objects, &err), 0);
            body = xasprintf("{\"revision\":\"%lld\"}",
                             (long long) objects_revision(objects));
            objects_free(objects);
            etcd_post("/v3/kv/compaction", body);
        }
    }
    return NULL;
}

static int64_t generation_of(const struct objects *objects, const char *type,
                             int64_t id)
{
    return json_integer_value(
        json_object_get(objects_find(objects, type, id), "generation"));
}

/* Fetches until changes were seen that often, and checks each snapshot. */
static void read_while_writing(bool compact, int wanted)
{
    struct writer writer = {.compact = compact};
    int64_t until = clock_ms() + WITHIN_MS, last = 0;
    int seen = 0;

    assert_int_equal(pthread_create(&writer.thread, NULL, write_on, &writer),
                     0);
    while (seen < wanted && clock_ms() < until) {
        struct objects *objects;
        struct error err;
        int64_t generation;
        int r = fetch(both, 0, &objects, &err);

        if (compact && r == -EAGAIN) {
            seen++;
            continue;
        }
        assert_int_equal(r, 0);
        generation = generation_of(objects, "crons", 1);
        assert_int_equal(generation_of(objects, "crons", 999), generation);
        assert_int_equal(generation_of(objects, "unix-users", 1), generation);
        assert_int_equal(json_array_size(objects_of(objects, "crons")), CRONS);
        seen += generation > last;
        last = generation;
        objects_free(objects);
    }
    writer.stop = true;
    pthread_join(writer.thread, NULL);
    assert_int_equal(seen, wanted);
}

static void all_types_are_of_one_revision_while_a_writer_writes(void **state)
{
    (void) state;
    read_while_writing(false, 10);
}

static void compaction_in_between_gives_a_whole_snapshot_or_none(void **state)
{
    (void) state;
    read_while_writing(true, 5);
}

static void the_snapshot_is_not_older_than_the_event(void **state)
{
    struct objects *objects;
    struct error err;
    int64_t revision;

    (void) state;
    assert_int_equal(fetch(both, 0, &objects, &err), 0);
    revision = objects_revision(objects);
    objects_free(objects);
    assert_int_equal(fetch(both, revision, &objects, &err), 0);
    assert_int_equal(objects_revision(objects), revision);
    objects_free(objects);
    assert_int_equal(fetch(both, revision + 1, &objects, &err), -EAGAIN);
}

static const struct {
    const char *id, *value;
    int result;
} values[] = {
    {"7", "not JSON", -EPROTO},
    {"7", "", -EPROTO},
    {"7", "[]", -EPROTO},
    {"7", "{}", -EPROTO},
    {"7", "{\"id\": \"7\"}", -EPROTO},
    {"7", "{\"id\": 8}", -EPROTO},
    {"07", "{\"id\": 7}", -EPROTO},
    {"7/8", "{\"id\": 7}", -EPROTO},
    {"", "{\"id\": 7}", -EPROTO},
    {"-7", "{\"id\": -7}", -EPROTO},
};

static void a_bad_value_is_an_error_that_names_its_key(void **state)
{
    static const char *const types[] = {"bad-values", NULL};
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(values); i++) {
        cleanup_free char *key =
            xasprintf("\"/ccm/objects/bad-values/%s\"", values[i].id);
        struct objects *objects;
        struct error err = {""};

        put("bad-values", values[i].id, values[i].value);
        assert_int_equal(fetch(types, 0, &objects, &err), values[i].result);
        delete ("bad-values", values[i].id);
        if (values[i].result < 0)
            assert_non_null(strstr(err.text, key));
        else
            objects_free(objects);
    }
}

static void an_object_over_one_mebibyte_is_refused(void **state)
{
    static const char *const types[] = {"large", NULL};
    cleanup_free char *name = xmalloc(OBJECT_BYTES_MAX + 1);
    cleanup_free char *value = NULL;
    struct objects *objects;
    struct error err;

    (void) state;
    memset(name, 'x', OBJECT_BYTES_MAX);
    name[OBJECT_BYTES_MAX] = '\0';
    value = xasprintf("{\"id\": 1, \"name\": \"%s\"}", name);
    put("large", "1", value);
    assert_int_equal(fetch(types, 0, &objects, &err), -EMSGSIZE);
    assert_non_null(strstr(err.text, "/ccm/objects/large/1"));
}

static void a_dead_endpoint_is_passed_over(void **state)
{
    char dead[] = "http://127.0.0.1:1";
    char *dead_first[] = {dead, etcd.url, NULL};
    struct config several = config;
    struct objects *objects;
    struct error err;

    (void) state;
    several.store.endpoints = dead_first;
    assert_int_equal(objects_fetch(&several, both, 0, &objects, &err), 0);
    assert_int_equal(json_array_size(objects_of(objects, "crons")), CRONS);
    objects_free(objects);
    dead_first[1] = dead;
    assert_int_equal(objects_fetch(&several, both, 0, &objects, &err), -EAGAIN);
    assert_non_null(strstr(err.text, dead));
}

static void write_secret(const char *path, const char *text)
{
    cleanup_close int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

/* Comes last: afterwards nobody gets in without a password. */
static void asks_with_user_and_password_where_needed(void **state)
{
    cleanup_free char *file = xasprintf("%s/password", etcd.dir);
    struct config with_user = config;
    struct objects *objects;
    struct error err;

    (void) state;
    etcd_post("/v3/auth/user/add",
              "{\"name\":\"root\",\"password\":\"s3cret\"}");
    etcd_post("/v3/auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
    etcd_post("/v3/auth/enable", "{}");
    assert_int_equal(fetch(both, 0, &objects, &err), -EACCES);
    assert_non_null(strstr(err.text, "store.user"));
    with_user.store.user = "root";
    with_user.store.password_file = file;
    assert_int_equal(objects_fetch(&with_user, both, 0, &objects, &err),
                     -ENOENT);
    write_secret(file, "wrong");
    assert_int_equal(objects_fetch(&with_user, both, 0, &objects, &err),
                     -EPERM);
    assert_null(strstr(err.text, "wrong"));
    write_secret(file, "s3cret\n");
    assert_int_equal(objects_fetch(&with_user, both, 0, &objects, &err), 0);
    assert_int_equal(json_array_size(objects_of(objects, "crons")), CRONS);
    objects_free(objects);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_all_pages_of_all_types),
        cmocka_unit_test(a_type_without_keys_is_empty),
        cmocka_unit_test(all_types_are_of_one_revision_while_a_writer_writes),
        cmocka_unit_test(compaction_in_between_gives_a_whole_snapshot_or_none),
        cmocka_unit_test(the_snapshot_is_not_older_than_the_event),
        cmocka_unit_test(a_bad_value_is_an_error_that_names_its_key),
        cmocka_unit_test(an_object_over_one_mebibyte_is_refused),
        cmocka_unit_test(a_dead_endpoint_is_passed_over),
        cmocka_unit_test(asks_with_user_and_password_where_needed),
    };

    return cmocka_run_group_tests_name("etcd source", tests, setup, teardown);
}
