/* SPDX-License-Identifier: ISC */
/*
 * Writes the journal. A record is a type, a size and a digest (XXH3) of what
 * follows, so a torn tail is distinguished from a whole record. Records are
 * appended and synced before the caller goes on: if a record is missing after a
 * crash, what it announces never happened.
 */
#include "change/journal.h"

#include "base/io.h"
#include "base/util.h"
#include "change/fault.h"
#include "change/journal_record.h"

#include <errno.h>
#include <fcntl.h>
#include <xxhash.h>

static int journal_append(struct journal *journal, enum journal_type type,
                          const struct buf *body, struct error *err)
{
    struct journal_head head = {
        .type = type,
        .size = (uint32_t) body->size,
        .digest = XXH3_64bits_withSeed(body->data, body->size, type)};
    cleanup_buf struct buf record = BUF_INIT;
    int r = FAULT("journal-write");

    buf_add(&record, &head, sizeof(head));
    buf_add(&record, body->data, body->size);
    if (r == 0)
        r = io_write_all(journal->fd, record.data, record.size);
    if (r == 0)
        r = FAULT("journal-sync");
    if (r == 0 && fdatasync(journal->fd) < 0)
        r = -errno;
    return r < 0 ? error_errno(err, r, "the journal") : 0;
}

static int journal_create(struct journal *journal, struct error *err)
{
    int r = FAULT("journal-create");

    if (r == 0) {
        journal->fd =
            openat(journal->state_fd, JOURNAL_NAME,
                   O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
        r = journal->fd < 0 ? -errno : 0;
    }
    return r < 0 ? error_errno(err, r, "creating the journal") : 0;
}

static int journal_sync_folder(const struct journal *journal, struct error *err)
{
    int r = FAULT("journal-sync-folder");

    if (r == 0 && fsync(journal->state_fd) < 0)
        r = -errno;
    return r < 0 ? error_errno(err, r, "the journal's directory") : 0;
}

int journal_begin(struct journal *journal, int state_fd,
                  const struct transaction *t, struct error *err)
{
    cleanup_buf struct buf body = BUF_INIT;
    size_t i;
    int r;

    *journal = (struct journal){.state_fd = state_fd, .fd = -1};
    record_put_text(&body, t->token);
    record_put_number(&body, t->n);
    for (i = 0; i < t->n; i++)
        record_put_op(&body, &t->ops[i]);
    if (body.size > JOURNAL_BEGIN_MAX)
        return error_set(err, -EFBIG,
                         "the journal of this change would have %zu bytes; the "
                         "limit is %lu: change less at a time",
                         body.size, JOURNAL_BEGIN_MAX);
    r = journal_create(journal, err);
    if (r < 0)
        return r;
    r = journal_append(journal, JOURNAL_BEGIN, &body, err);
    if (r == 0)
        r = journal_sync_folder(journal, err);
    if (r < 0)
        journal_remove(journal, NULL);
    return r;
}

int journal_staged(struct journal *journal, const struct transaction *t,
                   struct error *err)
{
    cleanup_buf struct buf body = BUF_INIT;
    size_t i;

    for (i = 0; i < t->n; i++)
        record_put_number(&body, t->ops[i].inode);
    return journal_append(journal, JOURNAL_STAGED, &body, err);
}

int journal_late(struct journal *journal, const struct transaction *t,
                 size_t op, struct error *err)
{
    cleanup_buf struct buf body = BUF_INIT;

    record_put_number(&body, op);
    record_put_number(&body, t->ops[op].inode);
    return journal_append(journal, JOURNAL_LATE, &body, err);
}

int journal_begun(struct journal *journal, size_t op, struct error *err)
{
    cleanup_buf struct buf body = BUF_INIT;

    record_put_number(&body, op);
    return journal_append(journal, JOURNAL_BEGUN, &body, err);
}

int journal_tell(struct journal *journal, const char *service, bool restart,
                 struct error *err)
{
    cleanup_buf struct buf body = BUF_INIT;

    record_put_text(&body, service);
    record_put_number(&body, restart);
    return journal_append(journal, JOURNAL_TELL, &body, err);
}

int journal_done(struct journal *journal, const struct transaction *t,
                 struct error *err)
{
    cleanup_buf struct buf body = BUF_INIT;
    size_t i;

    record_put_number(&body, t->n_applied);
    for (i = 0; i < t->n_applied; i++) {
        record_put_text(&body, t->applied[i].name);
        record_put_text(&body, t->applied[i].digest);
    }
    return journal_append(journal, JOURNAL_DONE, &body, err);
}

int journal_remove(struct journal *journal, struct error *err)
{
    int r = FAULT("journal-remove");

    journal_close(journal);
    if (r == 0 && unlinkat(journal->state_fd, JOURNAL_NAME, 0) < 0 &&
        errno != ENOENT)
        r = -errno;
    return r < 0 ? error_errno(err, r, "removing the journal") : 0;
}

void journal_close(struct journal *journal)
{
    if (journal->fd >= 0)
        close(journal->fd);
    journal->fd = -1;
}
