/* SPDX-License-Identifier: ISC */
/* Link headers, and which of their targets are followed. */
#include "unit/unit.h"

#include "base/util.h"
#include "objects/link.h"

#include <errno.h>

static const struct {
    const char *header, *next;
} links[] = {
    {"<a>; rel=\"next\"", "a"},
    {"<a>;rel=next", "a"},
    {"<a>; REL = \"Next\"", "a"},
    {"<a>; rel=\"prev\", <b>; rel=\"next\"", "b"},
    {"<a,b>; title=\"x, <c>; rel=next\"; rel=\"last next\"", "a,b"},
    {"<a>; title=\"\\\"\"; rel=next", "a"},
    {"<a>; rel=prev; rel=next", NULL},
    {"<a>; rel=nextpage", NULL},
    {"<a>; next", NULL},
    {"<a>", NULL},
    {"<a; rel=next", NULL},
    {"a; rel=next", NULL},
    {"<a>; rel=\"next", NULL},
    {"", NULL},
    {", ,<a>; x; rel=next", "a"},
};

static void reads_links_as_they_are_written(void **state)
{
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(links); i++) {
        cleanup_free char *next = link_next(links[i].header);

        if (links[i].next)
            assert_string_equal(next ? next : "none", links[i].next);
        else
            assert_null(next);
    }
}

static const struct {
    const char *target, *resolved;
} targets[] = {
    {"https://api/v1/crons?page=2", "https://api/v1/crons?page=2"},
    {"https://API:443/v1/crons", "https://API:443/v1/crons"},
    {"?page=2", "https://api/v1/crons?page=2"},
    {"/v1/other", "https://api/v1/other"},
    {"http://api/v1/crons", NULL},
    {"https://api:444/v1/crons", NULL},
    {"https://apis/v1/crons", NULL},
    {"https://api@evil/v1/crons", NULL},
    {"https://me@api/v1/crons", NULL},
    {"//evil/v1/crons", NULL},
    {"/v10/crons", NULL},
    {"/v1", NULL},
    {"../../crons", NULL},
    {"https://api/v1/%2E%2e/crons", NULL},
    {"file:///v1/crons", NULL},
};

static void a_next_page_stays_below_the_base(void **state)
{
    struct error err;
    size_t i;

    (void) state;
    for (i = 0; i < ARRAY_SIZE(targets); i++) {
        cleanup_free char *url = NULL;
        int r = link_resolve("https://api/v1", "https://api/v1/crons?page=1",
                             targets[i].target, &url, &err);

        assert_int_equal(r, targets[i].resolved ? 0 : -EPROTO);
        assert_string_equal(url ? url : "none",
                            targets[i].resolved ? targets[i].resolved : "none");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_links_as_they_are_written),
        cmocka_unit_test(a_next_page_stays_below_the_base),
    };

    return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
