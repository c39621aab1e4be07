/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_BENCH_PAIR_TURN_H
#define CCM_T_BENCH_PAIR_TURN_H

/* The very bodies that ccmd sends at both ends of a hand-over. */

#include "base/buf.h"
#include "rollout/turn.h"
#include "store/store_etcd.h"

#define PAIR_PREFIX "/ccm-pair/"

/* One of the two nodes. Its keys: lock/<node>, applying/<node>,
 * nodes/<node>. */
struct pair_turn {
    struct store_etcd store; /* writes down what it is asked to send */
    struct buf *body;        /* to here */
    struct machine identity;
    struct events events;
    struct queue queue;
    struct turn turn;
};

/* Keeps node, and lock keys of this lease. */
void pair_turn_init(struct pair_turn *pair, const char *node, int64_t lease);
void pair_turn_done(struct pair_turn *pair);

/* Sets body to what begins the turn of a place that was made at this
 * revision, behind before's. */
void pair_turn_begin(struct pair_turn *pair, struct buf *body, int64_t created,
                     const char *before);
/* Sets body to what ends, as good, the turn whose marker has this revision,
 * with this record (borrowed) for nodes/<node>. */
void pair_turn_end(struct pair_turn *pair, struct buf *body, int64_t marker,
                   const json_t *record);

#endif
