/* SPDX-License-Identifier: ISC */
#ifndef CCM_CHANGE_ACCOUNT_STATE_H
#define CCM_CHANGE_ACCOUNT_STATE_H

/*
 * The present, old or wanted state of one account, in one form, so that
 * comparing, applying and undoing are the same walk from one state to another.
 */

#include "base/buf.h"
#include "command/accounts.h"
#include "plan/plan.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Strings are borrowed (from a change, struct accounts, or from memory). NULL
 * in a wanted state: left alone. */
struct account_state {
    bool exists;
    bool id_set;
    uint32_t id;
    bool own_group;    /* USER: the group of its name comes and goes along */
    const char *group; /* USER: the primary group, a name or a number */
    bool gid_set;
    uint32_t gid;        /* USER: of the primary group, if known */
    const char **groups; /* USER: the further ones; NULL-terminated; owned */
    const char *members; /* GROUP: separated by commas */
    const char *home, *shell, *comment, *password;
    char number[12]; /* group points here if its number has no name */
    json_t *memory;  /* what account_state_load read; owned */
};

/* What differs. */
enum {
    ACCOUNT_EXISTS = 1 << 0,
    ACCOUNT_ID = 1 << 1,
    ACCOUNT_GROUP = 1 << 2,
    ACCOUNT_GROUPS = 1 << 3,
    ACCOUNT_MEMBERS = 1 << 4,
    ACCOUNT_HOME = 1 << 5,
    ACCOUNT_SHELL = 1 << 6,
    ACCOUNT_COMMENT = 1 << 7,
    ACCOUNT_PASSWORD = 1 << 8,
};

/* Each fills *out (account_state_done). */
void account_state_wanted(const struct change *change,
                          struct account_state *out);
/* Fills in the values of a new user where the declaration has none. */
void account_state_complete(struct account_state *wanted);
void account_state_present(const struct accounts *accounts,
                           enum change_kind kind, const char *name,
                           struct account_state *out);
/* Reads what account_state_save wrote. Returns 0 or -EPROTO. */
int account_state_load(const char *text, size_t size, struct account_state *out,
                       struct error *err);
/* What present shall be once change, a CHANGE_MEMBER, is carried out: the
 * groups differ at most. */
void account_state_member(const struct change *change,
                          const struct account_state *present,
                          struct account_state *out);
void account_state_done(struct account_state *state);

/* Returns new (freed with free). */
char *account_state_save(const struct account_state *state);

/* Returns the bits in which present is not as wanted. */
unsigned account_state_differs(const struct accounts *accounts,
                               const struct account_state *present,
                               const struct account_state *wanted);

/* Appends the differences between present and wanted for people, without
 * passwords. */
void account_state_describe(struct buf *out, unsigned differs,
                            const struct account_state *present,
                            const struct account_state *wanted);

/* The further groups, separated by commas. */
void account_state_put_groups(struct buf *out, const char *const *groups);

#endif
