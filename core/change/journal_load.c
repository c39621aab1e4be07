/* SPDX-License-Identifier: ISC */
/* Reads the journal that a run left behind. */
#include "change/journal.h"

#include "base/alloc.h"
#include "base/io.h"
#include "base/util.h"
#include "change/journal_record.h"

#include <errno.h>
#include <xxhash.h>

/* The minimum size of an operation and of a digest: every counted item is in
 * the file, so the file's size limits the memory. */
#define OP_BYTES_MIN (12 * sizeof(uint64_t))
#define DONE_BYTES_MIN (2 * sizeof(uint64_t))

static int load_begin(struct transaction *t, struct record_reader *reader)
{
    cleanup_free char *token = NULL;
    uint64_t n, i;

    if (record_get_text(reader, &token) < 0 || !token ||
        strlen(token) >= sizeof(t->token) ||
        record_get_number(reader, &n) < 0 || n > reader->left / OP_BYTES_MIN)
        return -EPROTO;
    snprintf(t->token, sizeof(t->token), "%s", token);
    t->ops = xcalloc(n + 1, sizeof(*t->ops));
    for (i = 0; i < n; i++) {
        t->n++;
        if (record_get_op(reader, &t->ops[i]) < 0)
            return -EPROTO;
    }
    return 0;
}

static int load_staged(struct transaction *t, struct record_reader *reader)
{
    size_t i;

    for (i = 0; i < t->n; i++)
        if (record_get_number(reader, &t->ops[i].inode) < 0)
            return -EPROTO;
    t->staged = true;
    return 0;
}

static int load_op(struct transaction *t, struct record_reader *reader,
                   bool late)
{
    uint64_t i;

    if (record_get_number(reader, &i) < 0 || i >= t->n)
        return -EPROTO;
    if (late)
        return record_get_number(reader, &t->ops[i].inode);
    t->ops[i].begun = true;
    return 0;
}

static int load_tell(struct transaction *t, struct record_reader *reader)
{
    cleanup_free char *name = NULL;
    uint64_t restart;

    if (record_get_text(reader, &name) < 0 || !name ||
        record_get_number(reader, &restart) < 0)
        return -EPROTO;
    transaction_tell(t, name, restart);
    return 0;
}

static int load_done(struct transaction *t, struct record_reader *reader)
{
    uint64_t n, i;

    if (t->done || record_get_number(reader, &n) < 0 ||
        n > reader->left / DONE_BYTES_MIN)
        return -EPROTO;
    t->applied = xcalloc(n + 1, sizeof(*t->applied));
    for (i = 0; i < n; i++) {
        cleanup_free char *digest = NULL;

        t->n_applied++;
        if (record_get_text(reader, &t->applied[i].name) < 0 ||
            record_get_text(reader, &digest) < 0 || !t->applied[i].name ||
            !digest || strlen(digest) >= sizeof(t->applied[i].digest))
            return -EPROTO;
        memcpy(t->applied[i].digest, digest, strlen(digest) + 1);
    }
    t->done = true;
    return 0;
}

static int load_record(struct transaction *t, uint32_t type,
                       struct record_reader *body)
{
    if ((type == JOURNAL_BEGIN) != !t->ops)
        return -EPROTO;
    switch (type) {
    case JOURNAL_BEGIN:
        return load_begin(t, body);
    case JOURNAL_STAGED:
        return load_staged(t, body);
    case JOURNAL_LATE:
    case JOURNAL_BEGUN:
        return load_op(t, body, type == JOURNAL_LATE);
    case JOURNAL_TELL:
        return load_tell(t, body);
    case JOURNAL_DONE:
        return load_done(t, body);
    default:
        return -EPROTO;
    }
}

/* Sets *head to the next record's and moves *reader behind it. Returns false
 * at the end, or at a record that was not written whole. */
static bool load_next(struct record_reader *reader, struct journal_head *head,
                      struct record_reader *body)
{
    if (reader->left < sizeof(*head))
        return false;
    memcpy(head, reader->next, sizeof(*head));
    body->next = reader->next + sizeof(*head);
    body->left = head->size;
    if (reader->left - sizeof(*head) < head->size ||
        XXH3_64bits_withSeed(body->next, body->left, head->type) !=
            head->digest)
        return false;
    reader->next = body->next + body->left;
    reader->left -= sizeof(*head) + body->left;
    return true;
}

int journal_load(int state_fd, struct transaction *t, struct error *err)
{
    cleanup_free char *bytes = NULL;
    struct record_reader reader = {0}, body;
    struct journal_head head;
    int r = io_read_file(state_fd, JOURNAL_NAME, JOURNAL_MAX, &bytes,
                         &reader.left, err);

    if (r == -ENOENT)
        return 1;
    if (r < 0)
        return error_prefix(err, r, "state_dir");
    reader.next = bytes;
    while (load_next(&reader, &head, &body))
        if (load_record(t, head.type, &body) < 0)
            return error_set(err, -EPROTO,
                             "the journal in state_dir is corrupt, or another "
                             "version wrote it");
    return t->ops ? 0 : 1;
}
