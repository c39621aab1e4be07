/* SPDX-License-Identifier: ISC */
/* Fetches one page of the Cluster API, with retries. */
#include "http_api.h"

#include "link.h"
#include "secret.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/util.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

#define DETAIL_SHOWN_MAX 300
#define REDIRECTS_MAX 3
#define PAUSE_MAX_MS 8000
#define RETRY_AFTER_MAX_S 60

/* Describes an answer that is not a page, in one log line. */
static char *http_api_detail(const struct request *request)
{
    json_auto_t *body = NULL;
    const json_t *detail;
    char *text, *byte;

    if (json_parse(buf_text(&request->body), request->body.size,
                   OBJECT_BYTES_MAX, &body, NULL) < 0)
        return xstrdup("no JSON with a \"detail\"");
    detail = json_object_get(body, "detail");
    text = json_is_string(detail) ? xstrdup(json_string_value(detail))
                                  : json_line(detail);
    if (strlen(text) > DETAIL_SHOWN_MAX)
        text[DETAIL_SHOWN_MAX] = '\0';
    for (byte = text; *byte; byte++)
        if ((unsigned char) *byte < 0x20 || *byte == 0x7f)
            *byte = ' ';
    return text;
}

static const char *http_api_advice(long status)
{
    if (status == 401 || status == 403)
        return "; check objects.api_key_file or objects.token_file in ccm.conf";
    if (status == 404)
        return "; check objects.url in ccm.conf, and that the API knows this "
               "type";
    return "";
}

/* Is this temporary? Other errors are reported at once. */
static bool http_api_passes(long status)
{
    return status == 200 || status == 204 || status == 408 || status == 425 ||
           status == 429 || status >= 500;
}

static int http_api_refuse(const struct request *request, struct error *err)
{
    cleanup_free char *detail = http_api_detail(request);

    return error_set(err, -EAGAIN, "HTTP %ld (%s)%s", request->status, detail,
                     http_api_advice(request->status));
}

/* A page is an array. A proxy's "please wait" in HTML, an empty body, or an
 * error object with status 200 is not. */
static int http_api_parse(const struct request *request, json_t **page,
                          struct error *err)
{
    json_auto_t *document = NULL;
    struct error why;

    if (request->status != 200)
        return http_api_refuse(request, err);
    if (json_parse(buf_text(&request->body), request->body.size,
                   request->body_max, &document, &why) < 0)
        return error_set(err, -EAGAIN, "the answer is not JSON (%s)", why.text);
    if (!json_is_array(document))
        return error_set(err, -EAGAIN,
                         "the answer is not a JSON array of objects");
    *page = STEAL(document);
    return 0;
}

/* ----------------------------------------------------------------- secrets */

/* Reads the configured file. Sets *secret and the header's name. */
static int http_api_read_secret(const struct config_objects *config,
                                char **secret, const char **name,
                                struct error *err)
{
    const char *file = config->token_file ?: config->api_key_file;
    int r;

    *name = config->token_file ? "Authorization: Bearer " : "X-API-Key: ";
    r = file ? secret_read(file, secret, err) : 0;
    return r < 0 ? -EAGAIN : 0;
}

static int http_api_add_headers(struct http_api *api, struct error *err)
{
    cleanup_secret char *key = NULL;
    const char *name;
    int r = http_api_read_secret(api->config, &api->secret, &name, err);

    if (r == 0 && api->config->token_file && api->config->api_key_file &&
        secret_read(api->config->api_key_file, &key, err) < 0)
        r = -EAGAIN;
    if (r < 0)
        return r;
    if (api->secret)
        request_add_header(&api->request, name, api->secret);
    if (key)
        request_add_header(&api->request, "X-API-Key: ", key);
    request_add_header(&api->request, "Accept: ", "application/json");
    return 0;
}

/* Does the file contain another token or key than the one that was refused?
 * Then uses that from now on. */
static bool http_api_renew(struct http_api *api)
{
    cleanup_secret char *now = NULL;
    const char *name;

    if (!api->secret ||
        http_api_read_secret(api->config, &now, &name, NULL) < 0 || !now ||
        streq(now, api->secret))
        return false;
    secret_free(api->secret);
    api->secret = NULL;
    request_drop_headers(&api->request);
    return http_api_add_headers(api, NULL) == 0;
}

/* --------------------------------------------------------------- redirects */

static bool http_api_redirects(const struct request *request)
{
    long status = request->status;

    return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

/* *Sets url to the target of the redirect. Returns 0 or -EAGAIN. */
static int http_api_follow(const struct http_api *api, char **url,
                           struct error *err)
{
    const char *target = buf_text(&api->request.location);
    char *to = NULL;

    if (link_resolve(api->config->url, *url, target, &to, NULL) < 0)
        return error_set(err, -EAGAIN,
                         "HTTP %ld: redirects to <%.200s>, which is not below "
                         "objects.url and is not followed; if that is the API, "
                         "change objects.url in ccm.conf",
                         api->request.status, target);
    free(*url);
    *url = to;
    return 0;
}

/* One answer from *url, redirects followed. */
static int http_api_ask(struct http_api *api, char **url, struct error *err)
{
    unsigned hops;
    int r;

    for (hops = 0; hops <= REDIRECTS_MAX; hops++) {
        r = request_send(&api->request, *url, NULL, err);
        if (r < 0 || !http_api_redirects(&api->request))
            return r == -EINVAL ? -EAGAIN : r;
        r = http_api_follow(api, url, err);
        if (r < 0)
            return r;
    }
    return error_set(err, -EAGAIN, "more than %d redirects in a row",
                     REDIRECTS_MAX);
}

/* ---------------------------------------------------------------- patience */

/* How long until the next try: what the API says, otherwise twice as long each
 * time, minus a random part of at most half. */
static int64_t http_api_pause_ms(const struct http_api *api, unsigned tries)
{
    int64_t pause_ms = (int64_t) api->limits->pause_ms << tries;
    int64_t after_s = api->request.retry_after_s;
    uint32_t chance = 0;

    if (after_s > 0)
        return 1000 *
               (after_s < RETRY_AFTER_MAX_S ? after_s : RETRY_AFTER_MAX_S);
    if (pause_ms > PAUSE_MAX_MS)
        pause_ms = PAUSE_MAX_MS;
    if (getrandom(&chance, sizeof(chance), GRND_NONBLOCK) < 0)
        chance = 0;
    return pause_ms / 2 + chance % (uint32_t) (pause_ms / 2 + 1);
}

/* Waits before the next try; false: no time is left. */
static bool http_api_wait(const struct http_api *api, unsigned tries)
{
    int64_t pause_ms = http_api_pause_ms(api, tries);
    struct timespec pause = {pause_ms / 1000, pause_ms % 1000 * 1000000};
    int64_t deadline_ms = api->limits->deadline_ms;

    if (deadline_ms > 0 && clock_ms() + pause_ms >= deadline_ms)
        return false;
    while (nanosleep(&pause, &pause) < 0 && errno == EINTR)
        ;
    return true;
}

int http_api_get(struct http_api *api, char **url, json_t **page,
                 struct error *err)
{
    bool renewed = false;
    unsigned tries = 0;
    int r;

    for (;;) {
        r = http_api_ask(api, url, err);
        if (r == 0)
            r = http_api_parse(&api->request, page, err);
        if (r != -EAGAIN)
            return r;
        if (api->request.status == 401 && !renewed) {
            renewed = true;
            if (http_api_renew(api))
                continue;
        }
        if ((api->request.status && !http_api_passes(api->request.status)) ||
            ++tries >= api->limits->page_tries ||
            !http_api_wait(api, tries - 1))
            return r;
    }
}

int http_api_next(const struct http_api *api, const char *url, char **next,
                  struct error *err)
{
    cleanup_free char *target = link_next(buf_text(&api->request.link));

    *next = NULL;
    if (!target)
        return 0;
    return link_resolve(api->config->url, url, target, next, err);
}

int http_api_open(struct http_api *api, const struct config_objects *config,
                  const struct source_limits *limits, struct error *err)
{
    const struct config_tls tls = {.cacert = config->cacert};

    *api = (struct http_api){.config = config, .limits = limits};
    if (request_open(&api->request, &tls, limits, err) < 0)
        return -EAGAIN;
    return http_api_add_headers(api, err);
}

void http_api_close(struct http_api *api)
{
    request_close(&api->request);
    secret_free(api->secret);
    *api = (struct http_api){0};
}
