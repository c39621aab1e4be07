/* SPDX-License-Identifier: ISC */
/*
 * Options of curl that every transfer has. A redirect is never followed: our
 * requests carry tokens, and neither etcd nor the Cluster API redirects. Proxy
 * variables are ignored: a daemon must not depend on the environment it was
 * started in.
 */
#include "http_setup.h"

#include <errno.h>

static CURLcode http_setup_tls(CURL *easy, const struct config_tls *tls)
{
    CURLcode code = CURLE_OK;

    if (tls->cacert) {
        code = curl_easy_setopt(easy, CURLOPT_CAINFO, tls->cacert);
        /* Only this authority, without the system's. */
        if (code == CURLE_OK)
            code = curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    if (code == CURLE_OK && tls->cert)
        code = curl_easy_setopt(easy, CURLOPT_SSLCERT, tls->cert);
    if (code == CURLE_OK && tls->key)
        code = curl_easy_setopt(easy, CURLOPT_SSLKEY, tls->key);
    return code;
}

int http_setup_easy(CURL *easy, const struct http_setup *setup,
                    struct error *err)
{
    CURLcode code;

    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long) setup->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long) setup->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
    code = curl_easy_setopt(easy, CURLOPT_PROXY, "");
#if CURL_AT_LEAST_VERSION(7, 85, 0)
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_PROTOCOLS,
                                (long) (CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    if (code == CURLE_OK && setup->tls)
        code = http_setup_tls(easy, setup->tls);
    if (code != CURLE_OK)
        return error_set(err, -EINVAL, "curl: %s", curl_easy_strerror(code));
    return 0;
}

static int http_setup_errno(CURLcode code)
{
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
        return -ETIMEDOUT;
    case CURLE_COULDNT_CONNECT:
        return -ECONNREFUSED;
    case CURLE_COULDNT_RESOLVE_HOST:
        return -EHOSTUNREACH;
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_FAIL_REWIND:
        return -ECONNRESET;
    case CURLE_FILESIZE_EXCEEDED:
        return -EMSGSIZE;
    default:
        return -EIO;
    }
}

int http_setup_failure(CURLcode code, const char *detail, struct error *err)
{
    return error_set(err, http_setup_errno(code), "%s",
                     detail && *detail ? detail : curl_easy_strerror(code));
}
