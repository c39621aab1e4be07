/* SPDX-License-Identifier: ISC */
/*
 * Nodes: the runner as the roll-out sees it (runner.h, child.h), and what can
 * happen to a machine. A node changes between runner_apply and its end; I1 and
 * I2 are about just these spans, whatever anybody believes.
 */
#include "sim.h"

#include "base/json.h"
#include "base/util.h"
#include "loop/child.h"

#include <stdio.h>

#define TTL_S 30

struct runner {
    struct sim_node *node;
    const struct runner_ops *ops;
    void *userdata;
    int64_t version;
    bool applying;
};

void sim_node_pause(struct sim_node *node, bool paused)
{
    sim_say("%s %s", node->name, paused ? "stops" : "goes on");
    node->paused = paused;
}

/* ------------------------------------------------------------------- runner.h
 */

static json_t *runner_failure(const char *step, const char *error,
                              bool rolled_back)
{
    return json_pack("{s:s, s:s, s:n, s:s, s:b, s:b}", "event", "failed",
                     "step", step, "configuration", "error", error, "transient",
                     0, "rolled_back", rolled_back);
}

static void runner_end(struct runner *runner, bool ok, json_t *report)
{
    const struct runner_ops *ops = runner->ops;

    runner->ops = NULL;
    if (ops)
        ops->ended(runner->userdata, ok, report);
    json_decref(report);
}

static json_t *runner_done(const struct runner *runner, int changes)
{
    return json_pack("{s:s, s:i, s:s, s:I}", "event", "done", "changes",
                     changes, "digest", "d", "revision",
                     (json_int_t) runner->version);
}

/* Killed by the kernel while it waits for its turn, or while that begins. */
static void runner_killed(void *userdata)
{
    struct runner *runner = userdata;
    json_t *report;

    if (runner->applying)
        return;
    report = runner_failure("run", "killed", false);
    json_object_set_new(report, "died", json_true());
    runner_end(runner, false, report);
}

static void runner_planned(void *userdata)
{
    struct runner *runner = userdata;
    json_t *report;

    if (!runner->ops)
        return;
    runner->version = sim.wanted;
    /* Every other bad version cannot even be planned. */
    if (sim.bad[runner->version] && runner->version % 2) {
        runner_end(runner, false,
                   runner_failure("plan", "a bad object", false));
        return;
    }
    report = json_pack("{s:s, s:I, s:i, s:s}", "event", "planned", "revision",
                       (json_int_t) runner->version, "changes",
                       runner->version != runner->node->version, "digest", "d");
    if (sim_happens(sim.chances.runner_dies))
        sim_at(runner->node->index, sim_chance(3000), runner_killed, runner);
    runner->ops->planned(runner->userdata, report);
    json_decref(report);
    if (runner->ops && runner->version == runner->node->version)
        runner_end(runner, true, runner_done(runner, 0));
}

void runner_source_init(struct runner_source *source, struct loop *loop,
                        const struct config *config)
{
    *source = (struct runner_source){.loop = loop, .config = config};
}

void runner_source_rest(struct runner_source *source)
{
    (void) source;
}

void runner_source_done(struct runner_source *source)
{
    (void) source;
}

int runner_start(struct runner_source *source, const json_t *order,
                 const struct runner_ops *ops, void *userdata,
                 struct runner **out, struct error *err)
{
    struct sim_node *node =
        (struct sim_node *) ((char *) source->config -
                             offsetof(struct sim_node, config));
    struct runner *runner = sim_make(sizeof(*runner));

    (void) order, (void) err;
    *runner = (struct runner){.node = node, .ops = ops, .userdata = userdata};
    sim_at(node->index, 1000 + sim_chance(20000), runner_planned, runner);
    *out = runner;
    return 0;
}

static void job_applied(void *userdata)
{
    struct runner *runner = userdata;
    struct sim_node *node = runner->node;
    bool dies = sim_happens(sim.chances.runner_dies);

    if (sim.bad[runner->version] || dies) {
        sim_say("%s fails at version %lld%s", node->name,
                (long long) runner->version, dies ? " (runner dies)" : "");
        sim.tainted_by = node->index;
        node->dirty = dies;
        if (!dies) {
            node->changing = false;
            node->version = node->before;
        }
        runner_end(runner, false, runner_failure("apply", "no good", !dies));
        return;
    }
    sim_say("%s has version %lld", node->name, (long long) runner->version);
    node->changing = false;
    node->version = runner->version;
    runner_end(runner, true, runner_done(runner, 1));
}

void runner_apply(struct runner *runner, const char *turn)
{
    struct sim_node *node = runner->node;
    size_t i;

    (void) turn;
    sim_say("%s changes to version %lld", node->name,
            (long long) runner->version);
    sim.turns++;
    for (i = 0; i < sim.n_nodes; i++)
        if (sim.nodes[i].changing && &sim.nodes[i] != node)
            sim_violate("I1: two nodes change at once", node);
    if (sim.tainted_by >= 0 && sim.tainted_by != node->index)
        sim_violate("I2: a turn began after another node's failed one", node);
    runner->applying = true;
    node->changing = true;
    node->before = node->version;
    node->version = -1;
    sim_at(node->index, 1000 + sim_chance(2000000), job_applied, runner);
}

void runner_abandon(struct runner *runner)
{
    runner->ops = NULL;
}

/* ------------------------------------------------- child.h: only "recover" */

struct child {
    struct sim_node *node;
    const struct child_ops *ops;
    void *userdata;
};

static void child_recovered(void *userdata)
{
    struct child *child = userdata;

    child->node->dirty = child->node->changing = false;
    child->node->version = child->node->before;
    child->ops->ended(child->userdata, 0, "");
}

int child_start(struct loop *loop, const struct child_spec *spec,
                const struct child_ops *ops, void *userdata, struct child **out,
                struct error *err)
{
    struct child *child = sim_make(sizeof(*child));

    (void) loop, (void) spec, (void) err;
    *child = (struct child){
        .node = &sim.nodes[sim_current], .ops = ops, .userdata = userdata};
    sim_at(sim_current, 1000 + sim_chance(50000), child_recovered, child);
    *out = child;
    return 0;
}

/* -------------------------------------------------------- start and crash */

static void node_ignore(void *userdata)
{
    (void) userdata;
}

static void node_ended(void *userdata, int64_t ticket, const json_t *report)
{
    (void) userdata, (void) ticket, (void) report;
}

static void node_text(void *userdata, const char *text)
{
    (void) userdata, (void) text;
}

static void node_fatal(void *userdata, const char *why)
{
    struct sim_node *node = userdata;

    sim_violate(why, node);
}

static const struct rollout_ops node_ops = {
    .ended = node_ended,
    .progress = node_text,
    .held = node_text,
    .between_turns = node_ignore,
    .ready = node_ignore,
    .stopped = node_ignore,
    .fatal = node_fatal,
};

void sim_node_start(struct sim_node *node)
{
    node->config = (struct config){.node = node->name,
                                   .settle_quiet_ms = 500,
                                   .settle_max_ms = 5000,
                                   .ttl_s = TTL_S,
                                   .plan_ahead = sim.plan_ahead,
                                   .resync_ms = 3600000,
                                   .flag_lift_self = true,
                                   .runner = (char *) "",
                                   .file = (char *) ""};
    snprintf(node->machine.machine, sizeof(node->machine.machine), "m%d",
             node->index);
    snprintf(node->machine.boot, sizeof(node->machine.boot), "b");
    if (node->dirty || node->changing) /* ccm-runner recover, at start */
        node->version = node->before;
    node->dirty = node->changing = false;
    node->running = true;
    node->paused = false;
    sim_current = node->index;
    sim_say("%s starts", node->name);
    node->store = sim_store_new(node->index);
    rollout_init(&node->rollout, NULL, &node->config, node->store,
                 &node->machine);
    bus_subscribe(node->rollout.bus, "c", "crons");
    rollout_start(&node->rollout, &node_ops, node);
    sim_current = -1;
}

void sim_node_crash(struct sim_node *node)
{
    sim_say("%s crashes%s", node->name,
            node->changing ? " while it changes" : "");
    if (node->changing) {
        node->dirty = true;
        sim.tainted_by = node->index;
    }
    /* Its runner dies with it: nothing changes on it any more. */
    node->changing = false;
    node->running = false;
    node->paused = false;
    node->life++;
    rollout_done(&node->rollout);
    sim_store_forget(node->store);
    node->store = NULL;
}
