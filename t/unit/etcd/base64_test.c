/* SPDX-License-Identifier: ISC */
/* Base64: known texts, every length, and what is refused. */
#include "unit/unit.h"

#include "base/util.h"
#include "etcd/base64.h"

#include <errno.h>

static const struct {
    const char *plain;
    const char *text;
} pairs[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xfb\xff\xbf", "+/+/"},
};

static void encodes_the_known_texts(void **state)
{
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(pairs); i++) {
        cleanup_buf struct buf out = BUF_INIT;

        base64_encode(&out, pairs[i].plain, strlen(pairs[i].plain));
        assert_string_equal(buf_text(&out), pairs[i].text);
    }
}

static void decodes_the_known_texts(void **state)
{
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(pairs); i++) {
        cleanup_free char *out = NULL;
        size_t size = 99;

        assert_int_equal(
            base64_decode(pairs[i].text, strlen(pairs[i].text), &out, &size),
            0);
        assert_int_equal(size, strlen(pairs[i].plain));
        assert_string_equal(out, pairs[i].plain);
    }
}

static void gives_back_all_bytes_at_all_lengths(void **state)
{
    unsigned char bytes[256];
    size_t i, size;

    (void) state;
    for (i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char) (255 - i);
    for (size = 0; size <= sizeof(bytes); size++) {
        cleanup_buf struct buf text = BUF_INIT;
        cleanup_free char *out = NULL;
        size_t out_size = 0;

        base64_encode(&text, bytes, size);
        assert_int_equal(
            base64_decode(buf_text(&text), text.size, &out, &out_size), 0);
        assert_int_equal(out_size, size);
        assert_memory_equal(out, bytes, size);
    }
}

static void refuses_what_is_not_exact(void **state)
{
    static const char *const bad[] = {
        "Z",        "Zg",       "Zg=",    "Zh==",     "Zm9=", "Z===", "====",
        "Zg==Zg==", "Zm9v\nZm", "Zm 9v=", "Zm9v-_==", "=Zg=", "Zg=v", "Zm\xe9v",
    };
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(bad); i++) {
        char *out = (char *) bad[i];
        size_t size = 7;

        assert_int_equal(base64_decode(bad[i], strlen(bad[i]), &out, &size),
                         -EPROTO);
        assert_ptr_equal(out, bad[i]);
        assert_int_equal(size, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_the_known_texts),
        cmocka_unit_test(decodes_the_known_texts),
        cmocka_unit_test(gives_back_all_bytes_at_all_lengths),
        cmocka_unit_test(refuses_what_is_not_exact),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
