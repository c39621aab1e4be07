/* SPDX-License-Identifier: ISC */
/* A table of cases for each grammar. */
#include "unit/unit.h"

#include "base/alloc.h"
#include "base/util.h"
#include "ccm/grammar.h"
#include "types/grammar.h"

#define L60 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ED                                                                     \
    "AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define PEM(label) "-----BEGIN " label "-----\nMAA=\n-----END " label "-----\n"

struct row {
    const char *grammar;
    const char *const *good, *const *bad;
};

#define ROW(grammar, good, bad)                                                \
    {                                                                          \
        grammar, (const char *const[]){good, NULL}, (const char *const[])      \
        {                                                                      \
            bad, NULL                                                          \
        }                                                                      \
    }
#define LIST(...) __VA_ARGS__

static const struct row rows[] = {
    ROW(CCM_HOST,
        LIST("example.org", "a.b", "www.Example.ORG", "xn--bcher-kva.example",
             L60 "aaa.org", "a-b.c-d", "1.2.3.com", "a.x1"),
        LIST("", "localhost", "example.org.", ".example.org", "a..b",
             "test..com", L60 "aaaa.org", "-a.org", "a-.org", "a_b.org",
             "*.example.org", "~example.org", "exa mple.org", "192.0.2.1",
             "a.b\n", "a.b;", "a.b}", "b\xc3\xbc.de", "$host.org",
             L60 "." L60 "." L60 "." L60 ".aaaaaaaaaaa.org")),
    ROW(CCM_WILDCARD_HOST, LIST("example.org", "*.example.org"),
        LIST("", "*", "*.org.", "*.", "a.*.org", "*a.example.org",
             "*.*.example.org", "~^x.org", "*..example.org")),
    ROW(CCM_LOCAL_PART, LIST("a", "first.last", "a+b=c-d_e", L60 "aaaa"),
        LIST("", L60 "aaaaa", "-a", ".a", "a.", "a..b", "a@b", "a b", "a|b",
             "\"a\"", "a,b", "a:b", "a\\b", "#a", "a\n")),
    ROW(CCM_EMAIL, LIST("a@example.org", "A.b+c@x.example.org"),
        LIST("", "a", "@example.org", "a@", "a@b@example.org", "a@localhost",
             "a@example.org ", "a@example.org,b@example.org", "|cmd@x.org",
             ":include:/x", "a b@example.org", "a@example.org\n")),
    ROW(CCM_PATH, LIST("/", "/home/a", "/a b", "/...", "/.hidden"),
        LIST("", "a", "a/b", "/a/", "//", "/a//b", "/..", "/a/../b", "/./a",
             "/a\nb", "/a\x7f")),
    ROW(CCM_USER_NAME,
        LIST("a", "_a", "web-1", "abcdefghijklmnopqrstuvwxyz012345"),
        LIST("", "1a", "-a", "A", "a.b", "a b", "a:b", "a$", "root\n",
             "abcdefghijklmnopqrstuvwxyz0123456")),
    ROW(CCM_SCHEDULE,
        LIST("* * * * *", "*/5 0-6/2 1,15 jan-MAR mon", "@daily", "@reboot",
             "0  5\t* * 7", " 1 2 3 4 5 ", "*/60 * * * *"),
        LIST("", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *",
             "* * 0 * *", "* * * 13 *", "* * * * 8", "1/5 * * * *",
             "5-1 * * * *", "10x * * * *", "@never", "@daily x", "*/0 * * * *",
             "* * * * *\n", "1,,2 * * * *", "*/100 * * * *", "-1 * * * *")),
    ROW(CCM_URL,
        LIST("http://example.org", "https://example.org/",
             "https://example.org:8443/a?b=c#d", "http://192.0.2.1/%20",
             "https://[2001:db8::1]:443/x"),
        LIST("", "example.org", "ftp://example.org", "javascript:alert(1)",
             "http://", "http:///a", "http://a@example.org/",
             "http://example.org:0/", "http://example.org:65536/",
             "http://example.org:/", "http://example.org/a b",
             "http://example.org/\"", "http://example.org/%2",
             "http://example.org/;\n", "http://[x]/", "http://[::1/",
             "http://[::1]x/", "http://$host/", "http://-a.org/",
             "http://example.org/#a#b", "http://example.org/{",
             "HTTP://example.org/")),
    ROW(CCM_PEM,
        LIST(PEM("CERTIFICATE"), PEM("RSA PRIVATE KEY"),
             PEM("CERTIFICATE") "\n" PEM("CERTIFICATE"),
             "-----BEGIN X-----\nMAAA\nMAA=\n-----END X-----"),
        LIST("", "\n", "MAA=", "-----BEGIN X-----\n-----END X-----\n",
             "-----BEGIN X-----\nMAA=\n-----END Y-----\n",
             "-----BEGIN X-----\nMAA=\n",
             "-----BEGIN X-----MAA=-----END X-----",
             "-----BEGIN X-----\nMA\n-----END X-----\n",
             "-----BEGIN X-----\nM;A=\n-----END X-----\n",
             "-----BEGIN X-----\nMAA=\nMAA=\n-----END X-----\n",
             "-----BEGIN X-----\nMAA=\n-----END X-----x\n",
             "x" PEM("CERTIFICATE"), PEM("CERTIFICATE") "x",
             "-----BEGIN -----\nMAA=\n-----END -----\n")),
    ROW(CCM_CRYPT,
        LIST("$6$salt$0123456789abcdef", "$y$j9T$salt$hash", "!", "*",
             "!$6$salt$0123456789abcdef", "$6$rounds=5000$salt$hash",
             "$2b$10$abcdefghijklmnopqrstuv"),
        LIST("", "secret", "$6$", "$$aaaaaaaaaa", "!!", "$6$salt:x$hash123",
             "$6$salt$hash\nroot", "$6salthash", "x$6$salt$hash",
             "$6$a b$hash1")),
    ROW(CCM_IP, LIST("192.0.2.1", "::", "2001:db8::1", "::ffff:192.0.2.1"),
        LIST("", "192.0.2", "192.0.2.256", "192.0.2.1/24", "fe80::1%eth0",
             "::1 ", ":::", "1", "0x7f.0.0.1", "192.0.2.1\n")),
    ROW(CCM_NETWORK,
        LIST("192.0.2.0/24", "0.0.0.0/0", "2001:db8::/32", "192.0.2.1/32"),
        LIST("", "192.0.2.0", "192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/",
             "192.0.2.0/024", "2001:db8::1/32", "::/129", "/24", "::/+1")),
    ROW(CCM_PHP_VERSION, LIST("5.6", "7.4", "8.2", "8.10"),
        LIST("", "8", "8.", "8.2.1", "08.2", "8.02", "8.2 ", "8,2", "v8.2",
             "../8.2", "8.123")),
    ROW(CCM_INI_NAME, LIST("memory_limit", "opcache.enable", "a"),
        LIST("", "1a", "Memory", "a b", "a=b", "a\n", "a[b]", ".a", "a;")),
    ROW(CCM_SSH_KEY,
        LIST("ssh-ed25519 " ED, "ssh-ed25519 " ED " me@example.org"),
        LIST("", "ssh-ed25519", "ssh-ed25519 ", "ssh-rsa " ED, ED,
             "command=\"sh\" ssh-ed25519 " ED, "ssh-ed25519  " ED,
             "ssh-ed25519 " ED "\nssh-ed25519 " ED, "ssh-ed25519 " ED " a\"b",
             "ssh-ed25519 MAA=", "ssh-dss " ED, "ssh-ed25519 " ED " ",
             "# ssh-ed25519 " ED)),
};

static void each_text_is_in_its_grammar_or_not(void **state)
{
    const char *const *text;
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        for (text = rows[i].good; *text; text++)
            if (!ccm_matches(rows[i].grammar, *text))
                fail_msg("%s: \"%s\" does not match", rows[i].grammar, *text);
        for (text = rows[i].bad; *text; text++)
            if (ccm_matches(rows[i].grammar, *text))
                fail_msg("%s: \"%s\" matches", rows[i].grammar, *text);
    }
}

static void each_example_is_one(void **state)
{
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(rows); i++) {
        const char *name = rows[i].grammar;

        assert_non_null(ccm_expects(name));
        if (!ccm_matches(name, grammar_example(name)))
            fail_msg("%s: \"%s\"", name, grammar_example(name));
        assert_false(ccm_matches(name, NULL));
    }
}

static void nothing_is_in_an_unknown_grammar(void **state)
{
    (void) state;
    assert_false(ccm_matches("none", "a"));
    assert_false(ccm_matches(NULL, "a"));
    assert_null(ccm_expects("none"));
    assert_null(grammar_example("none"));
}

static void times_are_rfc_3339(void **state)
{
    static const char *const good[] = {
        "2026-11-26T20:24:27Z", "2026-11-26T20:24:27.123456Z",
        "2026-11-26T20:24:27+02:00", "2016-12-31T23:59:60Z"};
    static const char *const bad[] = {"",
                                      "2026-11-26",
                                      "2026-11-26 20:24:27Z",
                                      "2026-13-26T20:24:27Z",
                                      "2026-11-26T24:24:27Z",
                                      "2026-11-26T20:24:27",
                                      "2026-11-26T20:24:27.Z",
                                      "2026-11-26T20:24:27+0200",
                                      "2026-11-26T20:24:27Zx",
                                      "2026-11-26T20:24:27+02:00x"};
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(good); i++)
        if (!grammar_timestamp(good[i]))
            fail_msg("%s", good[i]);
    for (i = 0; i < ARRAY_SIZE(bad); i++)
        if (grammar_timestamp(bad[i]))
            fail_msg("%s", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_text_is_in_its_grammar_or_not),
        cmocka_unit_test(each_example_is_one),
        cmocka_unit_test(nothing_is_in_an_unknown_grammar),
        cmocka_unit_test(times_are_rfc_3339),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
