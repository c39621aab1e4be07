/* SPDX-License-Identifier: ISC */
#ifndef CCM_ETCD_HTTP_SETUP_H
#define CCM_ETCD_HTTP_SETUP_H

/*
 * The setup of all of ccm's HTTP transfers, synchronous or not: only http and
 * https, no redirect, no proxy from the environment, no signals, HTTP/1.1,
 * certificates verified, time limits.
 */

#include "base/error.h"
#include "config/config.h"

#include <curl/curl.h>
#include <stdint.h>

struct http_setup {
    const struct config_tls *tls; /* NULL: the system's authorities */
    int64_t connect_timeout_ms;
    int64_t timeout_ms; /* of the whole transfer; 0: none (a stream) */
};

/* Sets easy up; what setup points at is copied. Returns 0, or -EINVAL (curl
 * refuses an option). */
int http_setup_easy(CURL *easy, const struct http_setup *setup,
                    struct error *err);

/*
 * The error of a failed transfer. Returns -errno with curl's text (detail, the
 * text of CURLOPT_ERRORBUFFER, if it is not empty) in err.
 */
int http_setup_failure(CURLcode code, const char *detail, struct error *err);

#endif
