/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_SIM_SIM_H
#define CCM_T_SIM_SIM_H

/*
 * A whole cluster in one process, in virtual time: the daemon's own roll-out
 * code (session, events, queue, turn, rollout) on a simulated event loop,
 * store and runner, which lose, delay and repeat whatever a network and its
 * machines can. A seed decides everything, so a failing seed fails again.
 *
 *   sim_time.c   the clock and the event loop (loop.h, clock.h)
 *   sim_store.c  the way to etcd and back (store.h); sim_watch.c: watches
 *   sim_server.c etcd: keys, revisions, leases
 *   sim_node.c   nodes: the runner (runner.h, child.h), crash, pause, restart
 *   rollout_sim.c  the scenario, and the invariants
 */

#include "rollout/rollout.h"

#include <stdbool.h>
#include <stdint.h>

#define SIM_NODES_MAX 8

/* What the world may do; per mille, a decision each. */
struct sim_chances {
    unsigned lose_request; /* never arrives */
    unsigned lose_answer;  /* carried out, but not answered */
    unsigned late_request; /* arrives long after its caller gave up */
    unsigned break_watch;  /* a watch ends, at each event it carries */
    unsigned runner_dies;  /* in the middle of a change */
    unsigned silent_watch; /* a watch says nothing any more, and lives */
    unsigned back_up;      /* etcd is saved, or restored */
};

struct sim_node {
    int index;
    char name[8];
    struct config config;
    struct machine machine;
    struct rollout rollout;
    struct store *store;
    bool running;
    bool paused;     /* SIGSTOP: nothing it would hear is heard */
    bool cut;        /* partitioned from the store */
    unsigned life;   /* grows with each start; what belongs to an older one
                        is dead */
    int64_t version; /* of the objects that it has applied */
    int64_t before;  /* what a crash or a failure puts back */
    bool changing;   /* between runner_apply and its end */
    bool dirty;      /* crashed while changing: to be recovered */
};

struct sim {
    uint64_t random;
    int64_t now_us;
    struct sim_chances chances;
    struct sim_node nodes[SIM_NODES_MAX];
    size_t n_nodes;
    int64_t plan_ahead;
    int64_t wanted; /* the newest version of the objects */
    bool bad[4096]; /* versions that no node can apply */
    int tainted_by; /* whose turn failed, crashed or vanished; -1 */
    uint64_t turns;
    char violation[256]; /* "" while all is well */
    bool trace;
};

extern struct sim sim;

uint32_t sim_chance(uint32_t below);
bool sim_happens(unsigned per_mille);
void sim_violate(const char *what, const struct sim_node *node);
void sim_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* sim_time.c. node: whose event it is (-1: the world's); an event of a node
 * that has died or started anew since is dropped, one of a paused node waits.
 */
void sim_time_reset(void);
void sim_at(int node, int64_t delay_us, void (*fn)(void *userdata),
            void *userdata);
/* Runs what is due within so much time. */
void sim_run_for(int64_t us);
/* Which node's code is running; timers belong to it. */
extern int sim_current;

/* sim_store.c */
/* Zeroed memory until the next reset: what is in flight has no other owner. */
void *sim_make(size_t size);
void sim_store_reset(void);
struct store *sim_store_new(int node);
/* All that this store's calls and watches would still say is dropped. */
void sim_store_forget(struct store *store);

/* Back to the last sim_server_save; false: there is none. */
bool sim_store_restore(void);

/* sim_server.c */
/* As an operator or an API would do it, at once. */
int64_t sim_store_put(const char *key, const char *value);
void sim_store_delete(const char *key);
bool sim_store_has(const char *key);
/* Does its value contain this text? */
bool sim_store_says(const char *key, const char *text);
/* Called for each key that changes. */
void sim_store_changed(const char *key, const char *value, bool deleted);

/* sim_node.c */
void sim_node_start(struct sim_node *node);
void sim_node_crash(struct sim_node *node);
void sim_node_pause(struct sim_node *node, bool paused);

#endif
