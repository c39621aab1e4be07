/* SPDX-License-Identifier: ISC */
/*
 * The errors that etcd reports. The gateway's body is {"error":text,"code":gRPC
 * code,"message":text} up to etcd 3.5, and without "error" from 3.6 on; within
 * a stream it is {"error":{"grpc_code":..., "message":...}}, or "code". gRPC's
 * codes alone are not enough: a wrong password, a missing token and a malformed
 * request are all "invalid argument".
 */
#include "etcd_wire.h"

#include "base/json.h"
#include "base/util.h"

#include <errno.h>

enum {
    GRPC_INVALID_ARGUMENT = 3,
    GRPC_DEADLINE = 4,
    GRPC_NOT_FOUND = 5,
    GRPC_PERMISSION = 7,
    GRPC_EXHAUSTED = 8,
    GRPC_PRECONDITION = 9,
    GRPC_OUT_OF_RANGE = 11,
    GRPC_UNAVAILABLE = 14,
    GRPC_UNAUTHENTICATED = 16,
};

static const struct {
    const char *text;
    int code;
} etcd_wire_texts[] = {
    {"invalid auth token", -EKEYEXPIRED},
    {"user name is empty", -EKEYEXPIRED},
    {"revision in header is old", -EKEYEXPIRED},
    {"authentication failed", -EPERM},
    {"authentication is not enabled", -EOPNOTSUPP},
    {"permission denied", -EPERM},
    {"lease not found", -ENOENT},
    {"has been compacted", -ESTALE},
    {"future revision", -EAGAIN},
};

int etcd_wire_words_code(const char *text)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(etcd_wire_texts); i++)
        if (strstr(text, etcd_wire_texts[i].text))
            return etcd_wire_texts[i].code;
    return -EIO;
}

static int etcd_wire_code(int64_t grpc_code, const char *text)
{
    int code = etcd_wire_words_code(text);

    if (code != -EIO)
        return code;
    switch (grpc_code) {
    case GRPC_INVALID_ARGUMENT:
        return -EINVAL;
    case GRPC_NOT_FOUND:
        return -ENOENT;
    case GRPC_PERMISSION:
        return -EPERM;
    case GRPC_UNAUTHENTICATED:
        return -EKEYEXPIRED;
    case GRPC_EXHAUSTED:
        return -ENOSPC;
    case GRPC_DEADLINE:
    case GRPC_PRECONDITION:
    case GRPC_UNAVAILABLE:
        return -EAGAIN;
    case GRPC_OUT_OF_RANGE:
        return -ESTALE;
    default:
        return -EIO;
    }
}

/* A reply that is not the gateway's: a proxy, or another server. Its body is
 * not JSON of etcd, so only the status is known. */
static int etcd_wire_status(long http_status, struct error *err)
{
    int code = -EIO;

    if (http_status == 404 || http_status == 405)
        return error_set(err, code,
                         "HTTP %ld: there is no JSON gateway (/v3) at this "
                         "address; check that it is etcd's client URL and not "
                         "its peer URL, that etcd is 3.4 or newer, and that "
                         "enable-grpc-gateway is not off",
                         http_status);
    if (http_status == 401)
        code = -EKEYEXPIRED;
    else if (http_status == 429 || http_status >= 500)
        code = -EAGAIN;
    return error_set(err, code, "HTTP %ld", http_status);
}

/* The code has two names: etcd 3.4 says "grpc_code" in a stream. */
static int etcd_wire_decode_fault(const json_t *fault, const char *text,
                                  struct error *err)
{
    int64_t code =
        json_integer_or(fault, "grpc_code", json_integer_or(fault, "code", 0));

    return error_set(err, etcd_wire_code(code, text), "%s", text);
}

int etcd_wire_decode_error(const json_t *answer, long http_status,
                           struct error *err)
{
    const json_t *error = json_object_get(answer, "error");
    const char *text = json_string_or(answer, "message", NULL);
    bool ok = http_status == 0 || http_status == 200;

    if (json_is_object(error))
        return etcd_wire_decode_fault(
            error, json_string_or(error, "message", "unknown error"), err);
    if (error)
        return etcd_wire_decode_fault(
            answer, json_string_or(answer, "error", "unknown error"), err);
    if (ok)
        return 0;
    return text ? etcd_wire_decode_fault(answer, text, err)
                : etcd_wire_status(http_status, err);
}
