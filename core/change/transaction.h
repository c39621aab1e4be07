/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_TRANSACTION_H
#define CCM_CHANGE_TRANSACTION_H

/*
 * A transaction: one operation for each delta, in the same order, in the form
 * that the journal keeps. Applying, rolling back and recovering all work on
 * this.
 *
 * An operation on a path has a temporary name of its own, in a directory on the
 * same mount that no customer can write if there is one (tree.h). A new file
 * waits there for its exchange, and the old one waits there for the end of the
 * transaction. New items in a new directory are staged inside its temporary
 * name and come with it.
 *
 * The state of a path is determined by looking: the inode of the staged item is
 * on record, so undoing can be repeated as often as needed.
 */

#include "change/delta.h"
#include "change/tree.h"
#include "command/accounts.h"

enum op_kind {
    OP_PUT = 1, /* the staged item comes to path, the old one goes */
    OP_REMOVE,
    OP_ATTRIBUTES, /* of a directory, in place */
    OP_ACCOUNT,
    OP_COMMAND,
};

struct op {
    enum op_kind kind;
    bool late;    /* staged when its turn has come: its owner is not known
                     before */
    bool inside;  /* staged inside a directory that is staged, too */
    bool folder;  /* what is put or removed is a directory */
    bool existed; /* PUT: something was there */
    bool begun;   /* ACCOUNT, COMMAND: may have been carried out */
    char *path;   /* real path (without symlinks); NULL for ACCOUNT, COMMAND */
    char *temporary; /* real path; NULL where path is, and for ATTRIBUTES */
    uint64_t inode;  /* of what was staged; ATTRIBUTES: of the directory */
    mode_t mode;     /* ATTRIBUTES: as it was before */
    uid_t uid;       /* the same */
    gid_t gid;       /* the same */
    enum delta_action action;  /* ACCOUNT: for account_undo, */
    enum change_kind account;  /* GROUP or USER, */
    char *name;                /* its name (COMMAND: the program), */
    char *old;                 /* what it needs to undo */
    const struct delta *delta; /* NULL in a transaction from the journal */
};

/* A service that was reloaded, or was about to be. */
struct told {
    char *name;
    bool restart;
};

/* The digest of a configuration's declarations. */
struct applied {
    char *name;
    char digest[33];
};

struct transaction {
    char token[17]; /* in all temporary names */
    struct op *ops;
    size_t n;
    bool staged; /* all that is not late was staged, exchanges may follow */
    bool done;   /* past the commit point */
    struct told *told;
    size_t n_told;
    size_t told_capacity;
    struct applied *applied; /* known once it is done */
    size_t n_applied;
};

struct transaction_input {
    const struct deltas *deltas;
    const struct plan *plan;
    struct tree *tree;
    const struct accounts *accounts;
};

/*
 * Builds the operations for deltas. Returns 0 or -errno; *blame is then the
 * delta. transaction is to be zeroed before and freed with transaction_done
 * in any case; it refers to deltas.
 */
int transaction_build(struct transaction *transaction,
                      const struct transaction_input *input,
                      const struct delta **blame, struct error *err);
void transaction_done(struct transaction *transaction);

void transaction_tell(struct transaction *transaction, const char *name,
                      bool restart);

#endif
