/* SPDX-License-Identifier: ISC */
#ifndef CCM_ETCD_ETCD_WIRE_H
#define CCM_ETCD_ETCD_WIRE_H

/*
 * The messages of etcd's v3 JSON gateway: requests as text, answers from parsed
 * JSON. Pure: nothing here sends anything. Keys are whole (with the prefix).
 * POST a request to the endpoint, with the path given beside it.
 */

#include "base/buf.h"
#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ----------------------------------------------------------------- requests */

#define ETCD_WIRE_RANGE_PATH "/v3/kv/range"
#define ETCD_WIRE_TXN_PATH "/v3/kv/txn"
#define ETCD_WIRE_WATCH_PATH "/v3/watch"
#define ETCD_WIRE_AUTHENTICATE_PATH "/v3/auth/authenticate"
#define ETCD_WIRE_LEASE_GRANT_PATH "/v3/lease/grant"
#define ETCD_WIRE_LEASE_KEEP_PATH "/v3/lease/keepalive"
#define ETCD_WIRE_LEASE_REVOKE_PATH "/v3/lease/revoke"

/* The first key after all keys that begin with prefix (not empty, and not all
 * bytes 0xff). Returns new (freed with free). */
char *etcd_wire_prefix_end(const char *prefix);

enum etcd_wire_order {
    ETCD_WIRE_BY_KEY,
    ETCD_WIRE_BY_CREATE,
    ETCD_WIRE_BY_MOD,
};

/* What to read. Zeros mean: the one key, newest revision, all, with values. */
struct etcd_wire_range {
    const char *key;
    size_t key_size; /* 0: strlen(key) */
    bool after_key;  /* begins after key: the next page */
    const char *end; /* up to, not including; NULL: the one key */
    int64_t revision;
    int64_t limit;
    int64_t max_create_revision;
    bool keys_only;
    enum etcd_wire_order order;
    bool descending;
};

/* Appends a range request. It is also a piece of a transaction, as below. */
void etcd_wire_range_request(struct buf *out,
                             const struct etcd_wire_range *range);

/*
 * Pieces of a transaction, each one JSON object; the caller puts commas and
 * {"compare":[...],"success":[...],"failure":[...]} around them.
 */
void etcd_wire_if_created(struct buf *out, const char *key, int64_t revision);
void etcd_wire_if_modified(struct buf *out, const char *key, int64_t revision);
/* The key with the name of the prefix itself does not count. */
void etcd_wire_if_none_below(struct buf *out, const char *prefix);
void etcd_wire_put(struct buf *out, const char *key, const char *value,
                   int64_t lease);
void etcd_wire_delete(struct buf *out, const char *key);
void etcd_wire_get(struct buf *out, const struct etcd_wire_range *range);

/* from_revision 0: from the present. end NULL: the one key. */
void etcd_wire_watch_request(struct buf *out, const char *key, const char *end,
                             int64_t from_revision);
void etcd_wire_grant_request(struct buf *out, int64_t ttl_s);
/* For keepalive and revoke. */
void etcd_wire_lease_request(struct buf *out, int64_t lease);
void etcd_wire_authenticate_request(struct buf *out, const char *name,
                                    const char *password);

/* ------------------------------------------------------------------ answers */

/*
 * All decoders take an answer as an object (json_parse with a limit first),
 * return 0 or -EPROTO with the field in err, and leave *out alone on failure.
 */

struct etcd_wire_kv {
    char *key; /* may hold NULs; one follows it */
    size_t key_size;
    char *value; /* "" with keys_only; a NUL follows it */
    size_t value_size;
    int64_t create_revision;
    int64_t mod_revision;
    int64_t lease;
};

struct etcd_wire_range_answer {
    struct etcd_wire_kv *kvs;
    size_t n;
    int64_t count;    /* of all keys in the range, regardless of the limit */
    bool more;        /* the limit cut it off */
    int64_t revision; /* of the store (in a transaction: 0) */
};

int etcd_wire_decode_range(const json_t *answer,
                           struct etcd_wire_range_answer *out,
                           struct error *err);
void etcd_wire_range_done(struct etcd_wire_range_answer *range);

struct etcd_wire_txn_answer {
    bool succeeded;
    int64_t revision;
    struct etcd_wire_range_answer *ranges; /* one for each "get", in order */
    size_t n_ranges;
};

int etcd_wire_decode_txn(const json_t *answer, struct etcd_wire_txn_answer *out,
                         struct error *err);
void etcd_wire_txn_done(struct etcd_wire_txn_answer *txn);

struct etcd_wire_lease_answer {
    int64_t id; /* 0 in the answer to a revoke */
    int64_t ttl_s;
    int64_t revision; /* 0 if the answer has none */
};

/* For grant, keepalive (its "result" envelope included) and revoke. */
int etcd_wire_decode_lease(const json_t *answer,
                           struct etcd_wire_lease_answer *out,
                           struct error *err);

/* Sets *token, new (freed with free): the Authorization header's value. It
 * contains no character that could end the header. */
int etcd_wire_decode_token(const json_t *answer, char **token,
                           struct error *err);

struct etcd_wire_event {
    struct etcd_wire_kv kv;
    bool deleted;
};

struct etcd_wire_watch_answer {
    int64_t revision; /* of the store */
    bool created;
    bool canceled;
    int64_t compact_revision; /* not 0: canceled since compacted */
    char *cancel_reason;      /* "" if there is none */
    struct etcd_wire_event *events;
    size_t n;
};

/* One line of the stream (with "result"; see etcd_wire_decode_error). */
int etcd_wire_decode_watch(const json_t *line,
                           struct etcd_wire_watch_answer *out,
                           struct error *err);
void etcd_wire_watch_done(struct etcd_wire_watch_answer *watch);

/*
 * The error that an answer reports. Looks for {"error":...} as a body and as a
 * line of a stream. http_status is that of the reply; 0: not looked at. Returns
 * 0 if it is not an error, or with etcd's text in err:
 *   -EKEYEXPIRED  the token is invalid or expired: get another
 *   -EOPNOTSUPP   a login, but authentication is off: not needed
 *   -EPERM        not allowed, or wrong user or password
 *   -EINVAL       the request is wrong
 *   -ENOENT       no such lease
 *   -ESTALE       the revision is compacted
 *   -ENOSPC       etcd is full or overloaded
 *   -EAGAIN       etcd cannot answer now (no leader, stopping, ...)
 *   -EIO          anything else
 * answer may be NULL (the body was not JSON).
 */
int etcd_wire_decode_error(const json_t *answer, long http_status,
                           struct error *err);

/* The same from etcd's text alone, as in cancel_reason; -EIO if it is
 * unknown. */
int etcd_wire_words_code(const char *text);

#endif
