/* SPDX-License-Identifier: ISC */
/*
 * Nodes: the runner as the roll-out sees it (job.h, child.h), and what can
 * happen to a machine. A node changes between job_apply and its end; I1 and
 * I2 are about just these spans, whatever anybody believes.
 */
#include "sim.h"

#include "base/json.h"
#include "base/util.h"
#include "loop/child.h"

#include <stdio.h>

#define TTL_S 30

struct job {
    struct sim_node *node;
    const struct job_ops *ops;
    void *userdata;
    int64_t version;
    bool applying;
};

void sim_node_pause(struct sim_node *node, bool paused)
{
    sim_say("%s %s", node->name, paused ? "stops" : "goes on");
    node->paused = paused;
}

/* ------------------------------------------------------------------- job.h */

static json_t *job_failure(const char *step, const char *error,
                           bool rolled_back)
{
    return json_pack("{s:s, s:s, s:n, s:s, s:b, s:b}", "event", "failed",
                     "step", step, "configuration", "error", error, "transient",
                     0, "rolled_back", rolled_back);
}

static void job_end(struct job *job, bool ok, json_t *report)
{
    const struct job_ops *ops = job->ops;

    job->ops = NULL;
    if (ops)
        ops->ended(job->userdata, ok, report);
    json_decref(report);
}

static json_t *job_done(const struct job *job, int changes)
{
    return json_pack("{s:s, s:i, s:s, s:I}", "event", "done", "changes",
                     changes, "digest", "d", "revision",
                     (json_int_t) job->version);
}

/* Killed by the kernel while it waits for its turn, or while that begins. */
static void job_killed(void *userdata)
{
    struct job *job = userdata;
    json_t *report;

    if (job->applying)
        return;
    report = job_failure("run", "killed", false);
    json_object_set_new(report, "died", json_true());
    job_end(job, false, report);
}

static void job_planned(void *userdata)
{
    struct job *job = userdata;
    json_t *report;

    if (!job->ops)
        return;
    job->version = sim.wanted;
    /* Every other bad version cannot even be planned. */
    if (sim.bad[job->version] && job->version % 2) {
        job_end(job, false, job_failure("plan", "a bad object", false));
        return;
    }
    report = json_pack("{s:s, s:I, s:i, s:s}", "event", "planned", "revision",
                       (json_int_t) job->version, "changes",
                       job->version != job->node->version, "digest", "d");
    if (sim_happens(sim.chances.runner_dies))
        sim_at(job->node->index, sim_chance(3000), job_killed, job);
    job->ops->planned(job->userdata, report);
    json_decref(report);
    if (job->ops && job->version == job->node->version)
        job_end(job, true, job_done(job, 0));
}

void job_source_init(struct job_source *source, struct loop *loop,
                     const struct config *config)
{
    *source = (struct job_source){.loop = loop, .config = config};
}

void job_source_rest(struct job_source *source)
{
    (void) source;
}

void job_source_done(struct job_source *source)
{
    (void) source;
}

int job_start(struct job_source *source, const json_t *order,
              const struct job_ops *ops, void *userdata, struct job **out,
              struct error *err)
{
    struct sim_node *node =
        (struct sim_node *) ((char *) source->config -
                             offsetof(struct sim_node, config));
    struct job *job = sim_make(sizeof(*job));

    (void) order, (void) err;
    *job = (struct job){.node = node, .ops = ops, .userdata = userdata};
    sim_at(node->index, 1000 + sim_chance(20000), job_planned, job);
    *out = job;
    return 0;
}

static void job_applied(void *userdata)
{
    struct job *job = userdata;
    struct sim_node *node = job->node;
    bool dies = sim_happens(sim.chances.runner_dies);

    if (sim.bad[job->version] || dies) {
        sim_say("%s fails at version %lld%s", node->name,
                (long long) job->version, dies ? " (runner dies)" : "");
        sim.tainted_by = node->index;
        node->dirty = dies;
        if (!dies) {
            node->changing = false;
            node->version = node->before;
        }
        job_end(job, false, job_failure("apply", "no good", !dies));
        return;
    }
    sim_say("%s has version %lld", node->name, (long long) job->version);
    node->changing = false;
    node->version = job->version;
    job_end(job, true, job_done(job, 1));
}

void job_apply(struct job *job, const char *turn)
{
    struct sim_node *node = job->node;
    size_t i;

    (void) turn;
    sim_say("%s changes to version %lld", node->name, (long long) job->version);
    sim.turns++;
    for (i = 0; i < sim.n_nodes; i++)
        if (sim.nodes[i].changing && &sim.nodes[i] != node)
            sim_violate("I1: two nodes change at once", node);
    if (sim.tainted_by >= 0 && sim.tainted_by != node->index)
        sim_violate("I2: a turn began after another node's failed one", node);
    job->applying = true;
    node->changing = true;
    node->before = node->version;
    node->version = -1;
    sim_at(node->index, 1000 + sim_chance(2000000), job_applied, job);
}

void job_abandon(struct job *job)
{
    job->ops = NULL;
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
    snprintf(node->identity.machine, sizeof(node->identity.machine), "m%d",
             node->index);
    snprintf(node->identity.boot, sizeof(node->identity.boot), "b");
    if (node->dirty || node->changing) /* ccm-runner recover, at start */
        node->version = node->before;
    node->dirty = node->changing = false;
    node->running = true;
    node->paused = false;
    sim_current = node->index;
    sim_say("%s starts", node->name);
    node->store = sim_store_new(node->index);
    rollout_init(&node->rollout, NULL, &node->config, node->store,
                 &node->identity);
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
