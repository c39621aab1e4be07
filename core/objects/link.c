/* SPDX-License-Identifier: ISC */
/* Web links (RFC 8288), as much as paging needs. */
#include "link.h"

#include "base/alloc.h"
#include "base/util.h"

#include <curl/curl.h>
#include <errno.h>
#include <strings.h>

static const char *link_skip_space(const char *at)
{
    return at + strspn(at, " \t");
}

/* A token or a quoted string. Sets *value, new text without quotes and
 * escapes. Returns what follows it, or NULL if the quotes never end. */
static const char *link_value(const char *at, char **value)
{
    size_t size = 0;
    char *text;

    if (*at != '"') {
        size = strcspn(at, " \t;,");
        *value = xstrndup(at, size);
        return at + size;
    }
    text = xmalloc(strlen(at));
    for (at++; *at && *at != '"'; at++) {
        if (*at == '\\' && at[1])
            at++;
        text[size++] = *at;
    }
    text[size] = '\0';
    if (!*at) {
        free(text);
        return NULL;
    }
    *value = text;
    return at + 1;
}

/* Is "next" among the words? */
static bool link_says_next(const char *words)
{
    size_t size;

    for (;;) {
        words = link_skip_space(words);
        size = strcspn(words, " \t");
        if (size == 0)
            return false;
        if (size == 4 && strncasecmp(words, "next", 4) == 0)
            return true;
        words += size;
    }
}

/* Reads ";name=value" after a target. *next tells whether the first rel is
 * "next". Returns where the parameters end, or NULL. */
static const char *link_parameters(const char *at, bool *next)
{
    bool rel_seen = false;

    *next = false;
    for (at = link_skip_space(at); *at == ';'; at = link_skip_space(at)) {
        const char *name = link_skip_space(at + 1);
        size_t name_size = strcspn(name, " \t=;,");
        cleanup_free char *value = NULL;

        at = link_skip_space(name + name_size);
        if (*at != '=')
            continue;
        at = link_value(link_skip_space(at + 1), &value);
        if (!at)
            return NULL;
        if (name_size == 3 && strncasecmp(name, "rel", 3) == 0 && !rel_seen) {
            rel_seen = true;
            *next = link_says_next(value);
        }
    }
    return at;
}

char *link_next(const char *header)
{
    const char *at = header, *target;
    size_t size;
    bool next;

    for (;;) {
        at += strspn(at, " \t,");
        if (*at != '<')
            return NULL;
        target = at + 1;
        size = strcspn(target, ">");
        if (target[size] != '>')
            return NULL;
        at = link_parameters(target + size + 1, &next);
        if (!at)
            return NULL;
        if (next)
            return xstrndup(target, size);
        if (*at != ',')
            return NULL;
    }
}

static bool link_same_part(CURLU *a, CURLU *b, CURLUPart part)
{
    char *left = NULL, *right = NULL;
    bool same =
        curl_url_get(a, part, &left, CURLU_DEFAULT_PORT) == CURLUE_OK &&
        curl_url_get(b, part, &right, CURLU_DEFAULT_PORT) == CURLUE_OK &&
        strcasecmp(left, right) == 0;

    curl_free(left);
    curl_free(right);
    return same;
}

static bool link_path_below(CURLU *base, CURLU *url)
{
    char *above = NULL, *path = NULL;
    bool below = false;

    if (curl_url_get(base, CURLUPART_PATH, &above, 0) == CURLUE_OK &&
        curl_url_get(url, CURLUPART_PATH, &path, 0) == CURLUE_OK) {
        size_t size = strlen(above);

        while (size > 0 && above[size - 1] == '/')
            size--;
        /* curl resolves "..", but a server may treat "%2e%2e" the same way. */
        below = strncmp(path, above, size) == 0 && path[size] == '/' &&
                !strcasestr(path + size, "%2e");
    }
    curl_free(above);
    curl_free(path);
    return below;
}

static bool link_has_user(CURLU *url)
{
    char *user = NULL;
    bool has = curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK;

    curl_free(user);
    return has;
}

static int link_resolve_in(CURLU *base_url, CURLU *url, const char *target,
                           char **out)
{
    char *text = NULL;

    if (curl_url_set(url, CURLUPART_URL, target, 0) != CURLUE_OK ||
        !link_same_part(base_url, url, CURLUPART_SCHEME) ||
        !link_same_part(base_url, url, CURLUPART_HOST) ||
        !link_same_part(base_url, url, CURLUPART_PORT) ||
        !link_path_below(base_url, url) || link_has_user(url) ||
        curl_url_get(url, CURLUPART_URL, &text, 0) != CURLUE_OK)
        return -EPROTO;
    *out = xstrdup(text);
    curl_free(text);
    return 0;
}

int link_resolve(const char *base, const char *current, const char *target,
                 char **out, struct error *err)
{
    CURLU *base_url = curl_url(), *url = curl_url();
    int r = -EPROTO;

    if (base_url && url &&
        curl_url_set(base_url, CURLUPART_URL, base, 0) == CURLUE_OK &&
        curl_url_set(url, CURLUPART_URL, current, 0) == CURLUE_OK)
        r = link_resolve_in(base_url, url, target, out);
    curl_url_cleanup(base_url);
    curl_url_cleanup(url);
    if (r < 0)
        return error_set(
            err, r,
            "the next page <%.200s> is not below %s and is not followed",
            target, base);
    return 0;
}
