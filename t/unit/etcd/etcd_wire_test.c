/* SPDX-License-Identifier: ISC */
/* What is said to etcd's JSON gateway, and what its answers mean. */
#include "unit/unit.h"

#include "base/json.h"
#include "base/util.h"
#include "etcd/etcd_wire.h"

#include <errno.h>

/* Base64: L2E= "/a", L2I= "/b", eA== "x", L2EA "/a" and a NUL. */

static json_t *parse(const char *text)
{
    json_t *value = NULL;
    struct error err;

    if (json_parse(text, strlen(text), 65536, &value, &err) < 0)
        fail_msg("%s: %s", text, err.text);
    return value;
}

/* ----------------------------------------------------------------- requests */

static void a_prefix_ends_behind_all_its_keys(void **state)
{
    static const char *const pairs[][2] = {
        {"/ccm/", "/ccm0"}, {"a", "b"}, {"a\xff", "b"}, {"a\xfe", "a\xff"}};
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(pairs); i++) {
        cleanup_free char *end = etcd_wire_prefix_end(pairs[i][0]);

        assert_string_equal(end, pairs[i][1]);
    }
}

static void writes_ranges(void **state)
{
    static const struct {
        struct etcd_wire_range range;
        const char *text;
    } cases[] = {
        {{.key = "/a"}, "{\"key\":\"L2E=\"}"},
        {{.key = "/a", .after_key = true}, "{\"key\":\"L2EA\"}"},
        {{.key = "/axyz",
          .key_size = 2,
          .end = "/b",
          .limit = 9,
          .revision = 1LL << 60,
          .max_create_revision = 5,
          .keys_only = true},
         "{\"key\":\"L2E=\",\"range_end\":\"L2I=\","
         "\"revision\":\"1152921504606846976\",\"limit\":\"9\","
         "\"max_create_revision\":\"5\",\"keys_only\":true}"},
        {{.key = "/a", .order = ETCD_WIRE_BY_CREATE},
         "{\"key\":\"L2E=\",\"sort_target\":\"CREATE\","
         "\"sort_order\":\"ASCEND\"}"},
        {{.key = "/a", .descending = true},
         "{\"key\":\"L2E=\",\"sort_target\":\"KEY\","
         "\"sort_order\":\"DESCEND\"}"},
    };
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(cases); i++) {
        cleanup_buf struct buf out = BUF_INIT;

        etcd_wire_range_request(&out, &cases[i].range);
        assert_string_equal(buf_text(&out), cases[i].text);
    }
}

static void writes_the_pieces_of_a_transaction(void **state)
{
    cleanup_buf struct buf out = BUF_INIT;

    (void) state;
    etcd_wire_if_created(&out, "/a", 0);
    etcd_wire_if_modified(&out, "/a", 7);
    etcd_wire_if_none_below(&out, "/a");
    assert_string_equal(
        buf_text(&out),
        "{\"key\":\"L2E=\",\"target\":\"CREATE\",\"result\":\"EQUAL\","
        "\"create_revision\":\"0\"}"
        "{\"key\":\"L2E=\",\"target\":\"MOD\",\"result\":\"EQUAL\","
        "\"mod_revision\":\"7\"}"
        "{\"key\":\"L2EA\",\"target\":\"CREATE\",\"result\":\"EQUAL\","
        "\"create_revision\":\"0\",\"range_end\":\"L2I=\"}");
    buf_clear(&out);
    etcd_wire_put(&out, "/a", "x", -3);
    etcd_wire_delete(&out, "/a");
    etcd_wire_get(&out, &(struct etcd_wire_range){.key = "/a"});
    assert_string_equal(buf_text(&out),
                        "{\"request_put\":{\"key\":\"L2E=\",\"value\":\"eA==\","
                        "\"lease\":\"-3\"}}"
                        "{\"request_delete_range\":{\"key\":\"L2E=\"}}"
                        "{\"request_range\":{\"key\":\"L2E=\"}}");
}

static void a_password_cannot_leave_its_string(void **state)
{
    cleanup_buf struct buf out = BUF_INIT;
    json_auto_t *request = NULL;

    (void) state;
    etcd_wire_authenticate_request(&out, "me", "\",\"name\":\"root\n");
    request = parse(buf_text(&out));
    assert_string_equal(json_string_or(request, "name", ""), "me");
    assert_string_equal(json_string_or(request, "password", ""),
                        "\",\"name\":\"root\n");
}

/* ------------------------------------------------------------------ answers */

static void reads_ranges(void **state)
{
    json_auto_t *answer = parse(
        "{\"header\":{\"revision\":\"12\"},\"more\":true,\"count\":\"3\","
        "\"kvs\":[{\"key\":\"L2E=\",\"value\":\"eA==\",\"lease\":\"-1\","
        "\"create_revision\":\"4\",\"mod_revision\":\"5\",\"version\":\"2\"},"
        "{\"key\":\"L2EA\",\"mod_revision\":\"6\"}]}");
    struct etcd_wire_range_answer range;
    struct error err;

    (void) state;
    assert_int_equal(etcd_wire_decode_range(answer, &range, &err), 0);
    assert_int_equal(range.n, 2);
    assert_int_equal(range.count, 3);
    assert_true(range.more);
    assert_int_equal(range.revision, 12);
    assert_string_equal(range.kvs[0].key, "/a");
    assert_string_equal(range.kvs[0].value, "x");
    assert_int_equal(range.kvs[0].create_revision, 4);
    assert_int_equal(range.kvs[0].mod_revision, 5);
    assert_int_equal(range.kvs[0].lease, -1);
    assert_int_equal(range.kvs[1].key_size, 3);
    assert_int_equal(range.kvs[1].value_size, 0);
    assert_string_equal(range.kvs[1].value, "");
    etcd_wire_range_done(&range);
}

static void an_absent_range_is_an_empty_one(void **state)
{
    json_auto_t *answer = parse("{\"header\":{\"revision\":\"12\"}}");
    struct etcd_wire_range_answer range;

    (void) state;
    assert_int_equal(etcd_wire_decode_range(answer, &range, NULL), 0);
    assert_int_equal(range.n, 0);
    assert_int_equal(range.count, 0);
    etcd_wire_range_done(&range);
}

static void refuses_malformed_ranges_and_leaves_the_output(void **state)
{
    static const char *const bad[] = {
        "[]",
        "{\"count\":\"\"}",
        "{\"count\":\" 1\"}",
        "{\"count\":\"+1\"}",
        "{\"count\":\"1 \"}",
        "{\"count\":\"0x1\"}",
        "{\"count\":\"9223372036854775808\"}",
        "{\"count\":1.5}",
        "{\"count\":true}",
        "{\"more\":\"true\"}",
        "{\"kvs\":{}}",
        "{\"kvs\":[1]}",
        "{\"kvs\":[{}]}",
        "{\"kvs\":[{\"key\":\"L2E\",\"mod_revision\":\"1\"}]}",
        "{\"kvs\":[{\"key\":7,\"mod_revision\":\"1\"}]}",
        "{\"kvs\":[{\"key\":\"L2E=\",\"mod_revision\":\"0\"}]}",
        "{\"kvs\":[{\"key\":\"L2E=\",\"mod_revision\":\"1\"},null]}",
        "{\"kvs\":[{\"key\":\"L2E=\",\"mod_revision\":\"1\",\"value\":\"x\"}]}",
    };
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(bad); i++) {
        json_auto_t *answer = parse(bad[i]);
        struct etcd_wire_range_answer range = {.n = 77};

        assert_int_equal(etcd_wire_decode_range(answer, &range, NULL), -EPROTO);
        assert_int_equal(range.n, 77);
    }
}

static void reads_transactions(void **state)
{
    json_auto_t *answer = parse(
        "{\"header\":{\"revision\":\"12\"},\"succeeded\":true,\"responses\":["
        "{\"response_put\":{}},{\"response_range\":{\"count\":\"1\",\"kvs\":["
        "{\"key\":\"L2E=\",\"mod_revision\":\"6\"}]}},"
        "{\"response_delete_range\":{\"deleted\":\"1\"}},"
        "{\"response_range\":{}}]}");
    json_auto_t *failed = parse("{\"header\":{\"revision\":\"3\"}}");
    struct etcd_wire_txn_answer txn;

    (void) state;
    assert_int_equal(etcd_wire_decode_txn(answer, &txn, NULL), 0);
    assert_true(txn.succeeded);
    assert_int_equal(txn.revision, 12);
    assert_int_equal(txn.n_ranges, 2);
    assert_int_equal(txn.ranges[0].n, 1);
    assert_int_equal(txn.ranges[1].n, 0);
    etcd_wire_txn_done(&txn);
    assert_int_equal(etcd_wire_decode_txn(failed, &txn, NULL), 0);
    assert_false(txn.succeeded);
    etcd_wire_txn_done(&txn);
}

static void an_answer_without_revision_is_none(void **state)
{
    static const char *const bad[] = {
        "{}",
        "{\"header\":{}}",
        "{\"header\":{\"revision\":\"0\"}}",
        "7",
        "{\"header\":{\"revision\":\"3\"},\"succeeded\":1}",
        "{\"header\":{\"revision\":\"3\"},\"responses\":[7]}",
    };
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(bad); i++) {
        json_auto_t *answer = parse(bad[i]);
        struct etcd_wire_txn_answer txn = {.revision = 77};

        assert_int_equal(etcd_wire_decode_txn(answer, &txn, NULL), -EPROTO);
        assert_int_equal(txn.revision, 77);
    }
}

static void reads_leases(void **state)
{
    json_auto_t *granted = parse("{\"header\":{\"revision\":\"2\"},"
                                 "\"ID\":\"77\",\"TTL\":\"30\"}");
    json_auto_t *gone =
        parse("{\"result\":{\"header\":{\"revision\":\"2\"},\"ID\":\"77\"}}");
    json_auto_t *bad = parse("{\"ID\":\"77\",\"TTL\":\"30\"}");
    struct etcd_wire_lease_answer lease;

    (void) state;
    assert_int_equal(etcd_wire_decode_lease(granted, &lease, NULL), 0);
    assert_int_equal(lease.id, 77);
    assert_int_equal(lease.ttl_s, 30);
    assert_int_equal(lease.revision, 2);
    assert_int_equal(etcd_wire_decode_lease(gone, &lease, NULL), 0);
    assert_int_equal(lease.id, 77);
    assert_int_equal(lease.ttl_s, 0);
    assert_int_equal(etcd_wire_decode_lease(bad, &lease, NULL), -EPROTO);
}

static void a_token_cannot_end_its_header(void **state)
{
    json_auto_t *good = parse("{\"token\":\"abc.12\"}");
    json_auto_t *bad = parse("{\"token\":\"abc\\r\\nX: y\"}");
    json_auto_t *none = parse("{\"token\":\"\"}");
    cleanup_free char *token = NULL;

    (void) state;
    assert_int_equal(etcd_wire_decode_token(bad, &token, NULL), -EPROTO);
    assert_int_equal(etcd_wire_decode_token(none, &token, NULL), -EPROTO);
    assert_null(token);
    assert_int_equal(etcd_wire_decode_token(good, &token, NULL), 0);
    assert_string_equal(token, "abc.12");
}

static void reads_lines_of_a_watch(void **state)
{
    json_auto_t *created = parse("{\"result\":{\"header\":{\"revision\":"
                                 "\"2\"},\"created\":true}}");
    json_auto_t *events = parse(
        "{\"result\":{\"header\":{\"revision\":\"9\"},\"events\":["
        "{\"kv\":{\"key\":\"L2E=\",\"value\":\"eA==\",\"mod_revision\":\"8\"}},"
        "{\"type\":\"DELETE\",\"kv\":{\"key\":\"L2E=\","
        "\"mod_revision\":\"9\"},\"prev_kv\":{\"odd\":1}}]}}");
    json_auto_t *gone = parse("{\"result\":{\"canceled\":true,"
                              "\"compact_revision\":\"40\","
                              "\"cancel_reason\":\"old\"}}");
    struct etcd_wire_watch_answer watch;

    (void) state;
    assert_int_equal(etcd_wire_decode_watch(created, &watch, NULL), 0);
    assert_true(watch.created && !watch.canceled);
    assert_int_equal(watch.revision, 2);
    etcd_wire_watch_done(&watch);
    assert_int_equal(etcd_wire_decode_watch(events, &watch, NULL), 0);
    assert_int_equal(watch.n, 2);
    assert_false(watch.events[0].deleted);
    assert_string_equal(watch.events[0].kv.value, "x");
    assert_true(watch.events[1].deleted);
    assert_int_equal(watch.events[1].kv.mod_revision, 9);
    etcd_wire_watch_done(&watch);
    assert_int_equal(etcd_wire_decode_watch(gone, &watch, NULL), 0);
    assert_true(watch.canceled);
    assert_int_equal(watch.compact_revision, 40);
    assert_string_equal(watch.cancel_reason, "old");
    etcd_wire_watch_done(&watch);
}

static const struct {
    const char *body; /* NULL: no JSON */
    long status;
    int r;
} errors[] = {
    {"{\"header\":{}}", 200, 0},
    {"{\"result\":{}}", 0, 0},
    {NULL, 200, 0},
    {NULL, 0, 0},
    {"{\"error\":\"etcdserver: requested lease not found\",\"code\":5}", 404,
     -ENOENT},
    {"{\"error\":\"etcdserver: duplicate key given in txn request\","
     "\"code\":3}",
     400, -EINVAL},
    {"{\"error\":\"etcdserver: user name is empty\",\"code\":3}", 400,
     -EKEYEXPIRED},
    {"{\"error\":\"etcdserver: invalid auth token\",\"code\":16}", 401,
     -EKEYEXPIRED},
    {"{\"error\":\"etcdserver: authentication failed, invalid user ID or "
     "password\",\"code\":3}",
     400, -EPERM},
    {"{\"error\":\"etcdserver: permission denied\",\"code\":7}", 403, -EPERM},
    {"{\"error\":\"etcdserver: mvcc: required revision has been "
     "compacted\",\"code\":11}",
     400, -ESTALE},
    {"{\"error\":\"etcdserver: no leader\",\"code\":14}", 503, -EAGAIN},
    {"{\"error\":\"etcdserver: request timed out\",\"code\":14}", 503, -EAGAIN},
    {"{\"error\":{\"grpc_code\":14,\"http_code\":503,"
     "\"message\":\"gone\"}}",
     200, -EAGAIN},
    /* etcd 3.6: no "error", and another name for the code in a stream. */
    {"{\"code\":5,\"message\":\"etcdserver: requested lease not found\","
     "\"details\":[]}",
     404, -ENOENT},
    {"{\"code\":11,\"message\":\"etcdserver: mvcc: required revision has been "
     "compacted\",\"details\":[]}",
     400, -ESTALE},
    {"{\"code\":3,\"message\":\"etcdserver: authentication failed, invalid "
     "user "
     "ID or password\",\"details\":[]}",
     400, -EPERM},
    {"{\"code\":16,\"message\":\"something new\"}", 401, -EKEYEXPIRED},
    {"{\"error\":{\"code\":14,\"message\":\"something new\"}}", 200, -EAGAIN},
    {"{\"error\":\"etcdserver: authentication is not enabled\",\"code\":9}",
     400, -EOPNOTSUPP},
    {"{\"error\":{}}", 200, -EIO},
    {"{\"error\":7}", 200, -EIO},
    {NULL, 401, -EKEYEXPIRED},
    {NULL, 404, -EIO},
    {NULL, 502, -EAGAIN},
};

static void tells_errors_from_each_other(void **state)
{
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(errors); i++) {
        json_auto_t *body = errors[i].body ? parse(errors[i].body) : NULL;
        struct error err = {""};

        assert_int_equal(etcd_wire_decode_error(body, errors[i].status, &err),
                         errors[i].r);
        assert_int_equal(err.text[0] != '\0', errors[i].r != 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_prefix_ends_behind_all_its_keys),
        cmocka_unit_test(writes_ranges),
        cmocka_unit_test(writes_the_pieces_of_a_transaction),
        cmocka_unit_test(a_password_cannot_leave_its_string),
        cmocka_unit_test(reads_ranges),
        cmocka_unit_test(an_absent_range_is_an_empty_one),
        cmocka_unit_test(refuses_malformed_ranges_and_leaves_the_output),
        cmocka_unit_test(reads_transactions),
        cmocka_unit_test(an_answer_without_revision_is_none),
        cmocka_unit_test(reads_leases),
        cmocka_unit_test(a_token_cannot_end_its_header),
        cmocka_unit_test(reads_lines_of_a_watch),
        cmocka_unit_test(tells_errors_from_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
