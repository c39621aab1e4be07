/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_JOURNAL_RECORD_H
#define CCM_CHANGE_JOURNAL_RECORD_H

/* The journal's bytes: what journal.c writes and journal_load.c reads.
 * Numbers are 64 bits wide, native; a text is its length plus one (0: NULL),
 * its bytes and a NUL. */

#include "base/buf.h"
#include "change/transaction.h"

#include <stdint.h>

enum journal_type {
    JOURNAL_BEGIN = 0x63636d31, /* "ccm1": token, operations */
    JOURNAL_STAGED,             /* the inode of each operation */
    JOURNAL_LATE,               /* operation, inode */
    JOURNAL_BEGUN,              /* operation */
    JOURNAL_TELL,               /* service, restart */
    JOURNAL_DONE,               /* configurations and digests */
};

struct journal_head {
    uint32_t type;
    uint32_t size;   /* of what follows */
    uint64_t digest; /* of what follows */
};

/* The most that is read; and that a change may announce, so that with all that
 * follows it can be read. */
#define JOURNAL_MAX (512UL * 1024 * 1024)
#define JOURNAL_BEGIN_MAX (JOURNAL_MAX / 2)

void record_put_number(struct buf *buf, uint64_t number);
void record_put_text(struct buf *buf, const char *text);
void record_put_op(struct buf *buf, const struct op *op);

struct record_reader {
    const char *next;
    size_t left;
};

/* Each returns 0 or -EPROTO. Texts are new (freed with free). */
int record_get_number(struct record_reader *reader, uint64_t *out);
int record_get_text(struct record_reader *reader, char **out);
int record_get_op(struct record_reader *reader, struct op *op);

#endif
