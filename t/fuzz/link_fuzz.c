/* SPDX-License-Identifier: ISC */
/*
 * The Link header: whatever it says, the next page lies below the base URL,
 * for our API key goes there. And the header lines as curl hands them over.
 */
#include "objects/request.c"

#include "fuzz.h"

#include "objects/link.h"

#define BASE "https://api.example.com/api/v1"

/* A path with a dot segment is not where it seems to be. */
static void check_path(const char *path)
{
    fuzz_check(!strstr(path, "/../") && !strstr(path, "/./"));
    fuzz_check(!strcasestr(path, "%2e%2e/") && !strcasestr(path, ".%2e/") &&
               !strcasestr(path, "%2e./"));
}

static void check_url(const char *url)
{
    cleanup_free char *path = NULL;
    size_t origin = strlen("https://api.example.com");

    fuzz_check(strncasecmp(url, BASE, origin) == 0);
    if (strncmp(url + origin, ":443", 4) == 0)
        origin += 4;
    fuzz_check(strncmp(url + origin, "/api/v1/", 8) == 0);
    path = xstrndup(url + origin, strcspn(url + origin, "?#"));
    check_path(path);
    fuzz_check(fuzz_is_visible(url, strlen(url), false));
    fuzz_check(!strchr(url, ' '));
}

static void try_target(const char *target)
{
    char *url = NULL;
    struct error err;

    fuzz_error_init(&err);
    if (link_resolve(BASE, BASE "/crons?page=1", target, &url, &err) < 0) {
        fuzz_check(url == NULL);
        fuzz_check_error(&err);
        return;
    }
    check_url(url);
    free(url);
}

static void try_header(const char *header, size_t size)
{
    struct request request = {.total = -1};

    fuzz_check(request_on_header((char *) header, 1, size, &request) == size);
    fuzz_check(request.total >= -1);
    buf_done(&request.link);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {(const char *) data, size};
    cleanup_free char *header = fuzz_cut(&input, '\0', NULL);
    cleanup_free char *next = link_next(header);

    try_header((const char *) data, size);
    if (next)
        try_target(next);
    try_target(header);
    return 0;
}
