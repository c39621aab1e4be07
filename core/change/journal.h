/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_JOURNAL_H
#define CCM_CHANGE_JOURNAL_H

/*
 * The journal of the one transaction that is under way: state_dir/journal, mode
 * 0600. It begins with all operations (so that staged items can be found
 * again). Then follow, each durable before the action that it announces:
 * "staged" with the inodes, accounts and commands that begin, services that are
 * told, and "done", the commit point. An incomplete record counts as not
 * written.
 */

#include "change/transaction.h"

struct journal {
    int state_fd; /* keeps it open until journal_close */
    int fd;       /* -1: none */
};

#define JOURNAL_NAME "journal"

/* Begins the journal of t. Returns 0 or -errno; then there is none. */
int journal_begin(struct journal *journal, int state_fd,
                  const struct transaction *t, struct error *err);
/* Each of these appends a record and makes it durable. Returns 0 or -errno. */
/* All operations that are not late are staged; the inode of each. */
int journal_staged(struct journal *journal, const struct transaction *t,
                   struct error *err);
/* The late operation number op is staged. */
int journal_late(struct journal *journal, const struct transaction *t,
                 size_t op, struct error *err);
/* The account or command of operation number op begins. */
int journal_begun(struct journal *journal, size_t op, struct error *err);
/* This service is about to be reloaded. */
int journal_tell(struct journal *journal, const char *service, bool restart,
                 struct error *err);
/* The commit point: after it, recovery goes forward. */
int journal_done(struct journal *journal, const struct transaction *t,
                 struct error *err);
/* Closes it and removes the file. Returns 0 or -errno. */
int journal_remove(struct journal *journal, struct error *err);
/* Closes it; the file stays. */
void journal_close(struct journal *journal);

/*
 * Reads the journal of an interrupted run. t is to be zeroed before. Returns 0;
 * 1 if there is no journal, or one whose beginning was not written whole (then
 * nothing was staged); -EPROTO if it is damaged; or -errno.
 */
int journal_load(int state_fd, struct transaction *t, struct error *err);

#endif
