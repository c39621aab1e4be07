/* SPDX-License-Identifier: ISC */
/*
 * The etcd client.
 *
 * A call is waiting (for a token, or for its turn in the loop), or its HTTP
 * transfer is under way. It goes back to waiting, for another endpoint or
 * another token, only when etcd certainly did not carry it out: nothing was
 * sent, or etcd refused the token. Any other failure goes to the caller,
 * because only the caller knows how to find out whether it was carried out.
 */
#include "etcd_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/util.h"
#include "etcd/etcd_wire.h"

#include <errno.h>

/* ------------------------------------------------------------- life of calls
 */

static void etcd_on_timer(void *userdata);

static void etcd_free_call(struct etcd_call *call)
{
    buf_done(&call->body);
    free(call);
}

/* Removes the call from all lists, so that it can be freed. */
static void etcd_detach(struct etcd_call *call)
{
    struct etcd_call **at = &call->etcd->calls;

    while (*at != call)
        at = &(*at)->next;
    *at = call->next;
    if (call->etcd->login == call)
        call->etcd->login = NULL;
    timer_stop(&call->timer);
    http_cancel(call->transfer);
    call->transfer = NULL;
}

void etcd_cancel(struct etcd_call *call)
{
    if (!call || call->cancelled)
        return;
    etcd_detach(call);
    call->cancelled = true;
    if (!call->in_line)
        etcd_free_call(call);
}

static void etcd_finish(struct etcd_call *call, const json_t *answer, int r,
                        const struct error *err)
{
    etcd_detach(call);
    call->ops->done(call->userdata, r < 0 ? NULL : answer, r, err);
    etcd_free_call(call);
}

static void etcd_fail_later(struct etcd_call *call, int r,
                            const struct error *err)
{
    call->failed = r;
    call->err = *err;
    timer_set(&call->timer, 0);
}

/* ---------------------------------------------------------------- transfers */

static void etcd_again(struct etcd_call *call)
{
    call->transfer = NULL;
    timer_set(&call->timer, 0);
}

/* The token was refused. Is a second one worth a try? */
static bool etcd_renews(struct etcd_call *call)
{
    struct etcd *etcd = call->etcd;

    if (!etcd->user || call->renewed || call->is_login)
        return false;
    call->renewed = true;
    etcd_forget_token(etcd);
    etcd_again(call);
    return true;
}

/* Decodes a reply. Sets *answer, new, if it is JSON. */
static int etcd_judge(const struct etcd_call *call,
                      const struct http_result *result, json_t **answer,
                      struct error *err)
{
    struct error parse_err;
    int parsed = -EPROTO, r;

    if (!call->ops->line || result->body_size > 0 || result->status != 200)
        parsed = json_parse(result->body, result->body_size, ETCD_REPLY_MAX,
                            answer, &parse_err);
    r = etcd_wire_decode_error(parsed == 0 ? *answer : NULL, result->status,
                               err);
    if (r < 0)
        return r;
    if (call->ops->line)
        return error_set(err, -ECONNRESET, "the stream has ended");
    if (parsed < 0)
        return error_set(err, parsed, "%s", parse_err.text);
    return 0;
}

/* Is the endpoint to blame, so that another may work? */
static bool etcd_blames_endpoint(int r)
{
    return r != 0 && r != -EPERM && r != -EINVAL && r != -ENOENT &&
           r != -ESTALE && r != -ENOSPC && r != -EKEYEXPIRED &&
           r != -EMSGSIZE && r != -EOPNOTSUPP;
}

static void etcd_note_endpoint(struct etcd_call *call, int r)
{
    if (etcd_blames_endpoint(r))
        endpoints_failed(&call->etcd->endpoints, call->endpoint, clock_ms());
    else
        endpoints_worked(&call->etcd->endpoints, call->endpoint);
}

static void etcd_on_done(void *userdata, const struct http_result *result,
                         const struct error *http_err)
{
    struct etcd_call *call = userdata;
    struct etcd *etcd = call->etcd;
    const char *url = etcd->endpoints.list[call->endpoint].url;
    json_auto_t *answer = NULL;
    struct error err = *http_err;
    int r = result->r;

    call->transfer = NULL;
    timer_stop(&call->timer);
    if (r == 0)
        r = etcd_judge(call, result, &answer, &err);
    etcd_note_endpoint(call, r);
    if (result->never_sent && ++call->tries < etcd->endpoints.n) {
        etcd_again(call);
        return;
    }
    if (r == -EKEYEXPIRED && etcd_renews(call))
        return;
    if (r == -EKEYEXPIRED)
        r = -EPERM;
    if (r < 0)
        error_prefix(&err, r, "etcd: %s", url);
    etcd_finish(call, answer, r, &err);
}

/* Ends a stream whose line reports an error or is not JSON. */
static void etcd_end_stream(struct etcd_call *call, int r, struct error *err)
{
    const char *url = call->etcd->endpoints.list[call->endpoint].url;

    etcd_note_endpoint(call, r);
    http_cancel(call->transfer);
    call->transfer = NULL;
    timer_stop(&call->timer);
    if (r == -EKEYEXPIRED && etcd_renews(call))
        return;
    error_prefix(err, r, "etcd: %s", url);
    etcd_finish(call, NULL, r == -EKEYEXPIRED ? -EPERM : r, err);
}

static void etcd_on_line(void *userdata, const char *text, size_t size)
{
    struct etcd_call *call = userdata;
    json_auto_t *line = NULL;
    struct error err = {""};
    int r = json_parse(text, size, ETCD_LINE_MAX, &line, &err);

    if (r < 0)
        error_prefix(&err, r, "a line of the stream is not JSON");
    else
        r = etcd_wire_decode_error(line, 0, &err);
    if (r < 0) {
        etcd_end_stream(call, r, &err);
        return;
    }
    timer_stop(&call->timer);
    etcd_note_endpoint(call, 0);
    call->in_line = true;
    call->ops->line(call->userdata, line);
    call->in_line = false;
    if (call->cancelled)
        etcd_free_call(call);
}

/* NULL: no token is needed, or there is none. */
static const char *etcd_token(const struct etcd *etcd)
{
    return etcd->token && *etcd->token ? etcd->token : NULL;
}

static void etcd_send(struct etcd_call *call)
{
    static const struct http_ops whole = {NULL, etcd_on_done};
    static const struct http_ops stream = {etcd_on_line, etcd_on_done};
    struct etcd *etcd = call->etcd;
    bool streams = call->ops->line != NULL;
    cleanup_free char *url = NULL;

    call->endpoint = endpoints_pick(&etcd->endpoints, clock_ms());
    url =
        xasprintf("%s%s", etcd->endpoints.list[call->endpoint].url, call->path);
    call->transfer =
        http_post(etcd->http,
                  &(struct http_request){
                      .url = url,
                      .body = call->body.data,
                      .body_size = call->body.size,
                      .token = call->is_login ? NULL : etcd_token(etcd),
                      .tls = &etcd->tls,
                      .connect_timeout_ms = ETCD_CONNECT_TIMEOUT_MS,
                      .timeout_ms = streams ? 0 : etcd->timeout_ms,
                      .size_max = streams ? ETCD_LINE_MAX : ETCD_REPLY_MAX,
                  },
                  streams ? &stream : &whole, call);
    if (streams)
        timer_set(&call->timer, etcd->timeout_ms);
}

/* -------------------------------------------------------------------- logins
 */

/* A call at the end of the list, waiting. Returns borrowed (valid until it is
 * done or cancelled). */
static struct etcd_call *etcd_new_call(struct etcd *etcd, const char *path,
                                       const struct etcd_ops *ops,
                                       void *userdata)
{
    struct etcd_call *call = xcalloc(1, sizeof(*call));
    struct etcd_call **at = &etcd->calls;

    call->etcd = etcd;
    call->ops = ops;
    call->userdata = userdata;
    call->path = path;
    timer_init(&call->timer, etcd->loop, etcd_on_timer, call);
    while (*at)
        at = &(*at)->next;
    *at = call;
    return call;
}

/* Calls that wait for the token: neither sent nor about to be. */
static bool etcd_waits(const struct etcd_call *call)
{
    return !call->transfer && !call->timer.armed && !call->is_login;
}

static void etcd_on_login(void *userdata, const json_t *answer, int r,
                          const struct error *answer_err)
{
    struct etcd *etcd = userdata;
    struct error err = *answer_err;
    struct etcd_call *call;

    r = etcd_login_take(etcd, answer, r, &err);
    for (call = etcd->calls; call; call = call->next) {
        if (!etcd_waits(call))
            continue;
        if (r < 0)
            etcd_fail_later(call, r, &err);
        else
            timer_set(&call->timer, 0);
    }
}

/* One login at a time, for all calls that wait. */
static void etcd_login(struct etcd *etcd)
{
    static const struct etcd_ops ops = {NULL, etcd_on_login};
    struct etcd_call *call =
        etcd_new_call(etcd, ETCD_WIRE_AUTHENTICATE_PATH, &ops, etcd);
    struct error err;
    int r = etcd_login_ask(etcd, &call->body, &err);

    call->is_login = true;
    etcd->login = call;
    if (r < 0)
        etcd_fail_later(call, r, &err);
    else
        etcd_send(call);
}

/* Sends the call, or requests a token first, and the call stays waiting. */
static void etcd_start(struct etcd_call *call)
{
    struct etcd *etcd = call->etcd;

    if (call->is_login || !etcd->user || etcd->token)
        etcd_send(call);
    else if (!etcd->login)
        etcd_login(etcd);
}

static void etcd_on_timer(void *userdata)
{
    struct etcd_call *call = userdata;
    struct error err;

    if (call->failed) {
        err = call->err;
        etcd_finish(call, NULL, call->failed, &err);
    } else if (call->transfer) {
        error_set(&err, -ETIMEDOUT, "no first line within %lld ms",
                  (long long) call->etcd->timeout_ms);
        etcd_end_stream(call, -ETIMEDOUT, &err);
    } else {
        etcd_start(call);
    }
}

struct etcd_call *etcd_post(struct etcd *etcd, const char *path,
                            struct buf *body, const struct etcd_ops *ops,
                            void *userdata)
{
    struct etcd_call *call = etcd_new_call(etcd, path, ops, userdata);

    call->body = *body;
    *body = (struct buf) BUF_INIT;
    etcd_start(call);
    return call;
}

bool etcd_has_user(const struct etcd *etcd)
{
    return etcd->user != NULL;
}

/* --------------------------------------------------------------- open, close
 */

static char *etcd_copy(const char *text)
{
    return text ? xstrdup(text) : NULL;
}

int etcd_open(struct loop *loop, const struct config_store *store,
              int64_t timeout_ms, struct etcd **out, struct error *err)
{
    struct etcd *etcd;

    if (!store->endpoints || !store->endpoints[0])
        return error_set(err, -EINVAL, "store: no endpoints are configured");
    etcd = xcalloc(1, sizeof(*etcd));
    etcd->loop = loop;
    etcd->http = http_open(loop);
    endpoints_init(&etcd->endpoints, store->endpoints);
    etcd->tls.cacert = etcd_copy(store->tls.cacert);
    etcd->tls.cert = etcd_copy(store->tls.cert);
    etcd->tls.key = etcd_copy(store->tls.key);
    etcd->user = etcd_copy(store->user);
    etcd->password_file = etcd_copy(store->password_file);
    etcd->timeout_ms = timeout_ms;
    *out = etcd;
    return 0;
}

void etcd_close(struct etcd *etcd)
{
    if (!etcd)
        return;
    while (etcd->calls)
        etcd_cancel(etcd->calls);
    http_close(etcd->http);
    endpoints_done(&etcd->endpoints);
    free(etcd->tls.cacert);
    free(etcd->tls.cert);
    free(etcd->tls.key);
    free(etcd->user);
    free(etcd->password_file);
    etcd_forget_token(etcd);
    free(etcd);
}

const char *etcd_where(const struct etcd *etcd)
{
    return etcd->endpoints.list[etcd->endpoints.current].url;
}
