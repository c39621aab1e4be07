/* SPDX-License-Identifier: ISC */
/*
 * The roll-out under faults, by seed: rollout_sim [--seed N] [--runs N] [-v].
 *
 * Each run is a cluster of 3 to 5 nodes and a few minutes of its time. Objects
 * change, some changes are bad, and the world does its worst. I1 and I2 are
 * decided at each step, on what the nodes really do. Then the faults end, a
 * good change comes, operators do what the manual says, and I3 must follow:
 * every live node has the newest version.
 */
#include "sim.h"
#include "sim_server.h"

#include "base/json.h"
#include "base/log.h"
#include "base/util.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

struct sim sim;

/* --------------------------------------------------------------- small things
 */

/* splitmix64 */
static uint64_t sim_random(void)
{
    uint64_t z = (sim.random += 0x9e3779b97f4a7c15u);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint32_t sim_chance(uint32_t below)
{
    return below ? (uint32_t) (sim_random() % below) : 0;
}

bool sim_happens(unsigned per_mille)
{
    return sim_chance(1000) < per_mille;
}

/* All randomness of the code under test comes from the seed, too. */
ssize_t getrandom(void *bytes, size_t size, unsigned flags)
{
    unsigned char *out = bytes;
    size_t i;

    (void) flags;
    for (i = 0; i < size; i++)
        out[i] = (unsigned char) sim_random();
    return (ssize_t) size;
}

void sim_say(const char *format, ...)
{
    va_list args;

    if (!sim.trace)
        return;
    printf("# %10.6f ", (double) sim.now_us / 1e6);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

void sim_violate(const char *what, const struct sim_node *node)
{
    if (!sim.violation[0])
        snprintf(sim.violation, sizeof(sim.violation), "%s (%s, at %.6f s)",
                 what, node ? node->name : "-", (double) sim.now_us / 1e6);
}

/* The flag's end, or an operator's hold that is put back in its place, or an
 * operator's word about a dead node, ends the taint. */
void sim_store_changed(const char *key, const char *value, bool deleted)
{
    sim_say("store: %s %s", deleted ? "delete" : "put", key);
    if (streq(key, "flag") &&
        (deleted || strstr(value, "\"kind\":\"operator\"")) &&
        !strstr(value, "\"also\""))
        sim.tainted_by = -1;
}

/* -------------------------------------------------------------- the scenario
 */

static void world_publish(bool bad)
{
    char value[32];

    sim.wanted++;
    sim.bad[sim.wanted] = bad;
    snprintf(value, sizeof(value), "v%lld", (long long) sim.wanted);
    sim_say("the objects change to version %lld%s", (long long) sim.wanted,
            bad ? " (bad)" : "");
    sim_store_put("events/crons", value);
}

static void world_hurt(struct sim_node *node)
{
    switch (sim_chance(6)) {
    case 0:
        if (node->running)
            sim_node_crash(node);
        break;
    case 1:
        if (node->running)
            sim_node_pause(node, !node->paused);
        break;
    case 2:
        node->cut = !node->cut;
        sim_say("%s is %s", node->name, node->cut ? "cut off" : "linked");
        break;
    default:
        if (!node->running)
            sim_node_start(node);
        else if (node->paused)
            sim_node_pause(node, false);
        else
            node->cut = false;
    }
}

/* An operator declares a crashed node dead, as `ccmctl flag clear NODE` does:
 * only when its presence has lapsed. */
static void world_bury(const struct sim_node *node)
{
    char alive[32], marker[32];

    snprintf(alive, sizeof(alive), "alive/%s", node->name);
    snprintf(marker, sizeof(marker), "applying/%s", node->name);
    if (node->running || sim_store_has(alive) || !sim_store_has(marker))
        return;
    sim_say("the operator declares %s dead", node->name);
    sim_store_delete(marker);
    sim_store_delete("flag");
    sim.tainted_by = -1;
}

/* The bad change may then go on to another node, as the operator wanted. */
static void world_operate(void)
{
    size_t i;

    if (!sim_store_has("flag")) {
        sim_say("the operator holds the cluster");
        sim_store_put("flag", "{\"kind\":\"operator\",\"node\":\"\"}");
    } else if (sim_happens(500)) {
        sim_say("the operator clears the flag");
        sim_store_delete("flag");
    } else {
        for (i = 0; i < sim.n_nodes; i++)
            world_bury(&sim.nodes[i]);
    }
}

/* A hold outlives the faults, also beneath a failure that is mended. */
static void world_unhold(void)
{
    if (sim_store_says("flag", "\"kind\":\"operator\""))
        sim_store_delete("flag");
}

/* Backups are made at any time, but restored as the manual says: while nobody
 * is in its turn. A flag would be lost, and its taint forgotten. */
static void world_back_up(void)
{
    size_t i;

    if (sim_happens(600)) {
        sim_say("a backup of etcd is made");
        sim_server_save();
        return;
    }
    if (sim.tainted_by >= 0 || sim_store_has("flag"))
        return;
    for (i = 0; i < sim.n_nodes; i++) {
        char marker[32];

        snprintf(marker, sizeof(marker), "applying/%s", sim.nodes[i].name);
        if (sim.nodes[i].changing || sim.nodes[i].dirty ||
            sim_store_has(marker))
            return;
    }
    if (sim_store_restore())
        sim_say("etcd is restored from its backup");
}

static void world_faulty(unsigned steps)
{
    while (steps-- > 0 && !sim.violation[0]) {
        sim_run_for(sim_chance(8000000));
        if (sim_happens(300))
            world_publish(sim_happens(250));
        if (sim_happens(350))
            world_hurt(&sim.nodes[sim_chance((uint32_t) sim.n_nodes)]);
        if (sim_happens(80))
            world_operate();
        if (sim_happens(sim.chances.back_up))
            world_back_up();
    }
}

static bool world_is_done(void)
{
    size_t i;

    for (i = 0; i < sim.n_nodes; i++)
        if (sim.nodes[i].version != sim.wanted)
            return false;
    return !sim_store_has("flag");
}

static void world_mend(void)
{
    size_t i, minutes;

    sim_say("the faults end");
    memset(&sim.chances, 0, sizeof(sim.chances));
    for (i = 0; i < sim.n_nodes; i++) {
        sim.nodes[i].cut = false;
        sim.nodes[i].paused = false;
        if (!sim.nodes[i].running)
            sim_node_start(&sim.nodes[i]);
    }
    /* What was under way before comes to an end first. */
    sim_run_for(200000000);
    world_unhold();
    world_publish(false);
    for (minutes = 0; minutes < 15 && !sim.violation[0]; minutes++) {
        sim_run_for(60000000);
        world_unhold();
        if (world_is_done())
            return;
    }
    sim_violate("I3: the newest version has not reached every node", NULL);
}

static void world_run(uint64_t seed)
{
    size_t i;

    sim = (struct sim){.random = seed, .tainted_by = -1, .trace = sim.trace};
    srandom((unsigned) seed);
    sim_time_reset();
    sim_store_reset();
    sim.n_nodes = 3 + sim_chance(3);
    sim.plan_ahead = sim_chance(4);
    sim.chances =
        (struct sim_chances){.lose_request = sim_chance(40),
                             .lose_answer = sim_chance(60),
                             .late_request = sim_chance(20),
                             .runner_dies = sim_chance(60),
                             .break_watch = sim_chance(60),
                             .silent_watch = sim_chance(30),
                             .back_up = sim_happens(300) ? sim_chance(700) : 0};
    for (i = 0; i < sim.n_nodes; i++) {
        sim.nodes[i].index = (int) i;
        snprintf(sim.nodes[i].name, sizeof(sim.nodes[i].name), "n%zu",
                 i % 1000);
        sim_node_start(&sim.nodes[i]);
    }
    world_publish(false);
    world_faulty(20 + sim_chance(60));
    if (!sim.violation[0])
        world_mend();
    for (i = 0; i < sim.n_nodes; i++)
        if (sim.nodes[i].running)
            sim_node_crash(&sim.nodes[i]);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"seed", 1, NULL, 's'}, {"runs", 1, NULL, 'r'}, {NULL, 0, NULL, 0}};
    uint64_t seed = 1, runs = 400, turns = 0, failed = 0, i;
    int option;

    while ((option = getopt_long(argc, argv, "v", options, NULL)) != -1) {
        if (option == 's')
            seed = strtoull(optarg, NULL, 0);
        else if (option == 'r')
            runs = strtoull(optarg, NULL, 0);
        else if (option == 'v')
            sim.trace = true;
        else
            return 2;
    }
    log_open("sim", true);
    if (!sim.trace && !freopen("/dev/null", "w", stderr))
        return 1;
    for (i = seed; i < seed + runs && failed < 10; i++) {
        world_run(i);
        turns += sim.turns;
        if (!sim.violation[0])
            continue;
        failed++;
        printf("not ok - %s; again: rollout_sim --seed %llu --runs 1 -v\n",
               sim.violation, (unsigned long long) i);
    }
    sim_time_reset();
    sim_store_reset();
    printf("# %llu turns in %llu runs\n", (unsigned long long) turns,
           (unsigned long long) (i - seed));
    if (failed == 0)
        printf("ok - I1, I2 and I3 hold in %llu runs under faults\n",
               (unsigned long long) runs);
    return failed > 0;
}
