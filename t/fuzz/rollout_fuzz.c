/* SPDX-License-Identifier: ISC */
/*
 * One node's roll-out against a store that answers anything that store.h
 * allows, and a runner that says anything: values of flag, nodes, applying,
 * alive, lock and events, answers out of order, lost watches, lapsed leases.
 * The input is steps, parted by form feeds (see step). Whatever comes: the
 * runner applies only in a turn that the store has said is ours, what we put
 * is JSON on a line and has the conditions of ccm-protocol(7), and a log
 * entry is one line.
 */
#include "fuzz.h"
#include "rollout_store.h"
#include "timers.h"

#include "base/alloc.h"
#include "base/util.h"
#include "loop/child.h"
#include "rollout/rollout.h"

#include <unistd.h>

static ssize_t fuzz_log(int fd, const char *line, size_t size)
{
    (void) fd;
    fuzz_check(size > 0 && line[size - 1] == '\n');
    fuzz_check(fuzz_is_visible(line, size - 1, false));
    return (ssize_t) size;
}

#define write fuzz_log
#include "base/log.c"
#undef write

/* ------------------------------------------------------------- what is there
 */

struct child {
    struct child *next;
    const struct child_ops *ops;
    void *userdata;
};

static struct child *children; /* newest first */
static bool over;              /* the daemon would end */

/* ----------------------------------------------------------- cluster/child.h
 */

int child_start(struct loop *loop, const struct child_spec *spec,
                const struct child_ops *ops, void *userdata, struct child **out,
                struct error *err)
{
    struct child *child = xcalloc(1, sizeof(*child));

    (void) loop, (void) err;
    fuzz_check(spec->argv[0]);
    *child = (struct child){children, ops, userdata};
    children = child;
    *out = child;
    return 0;
}

/* The one thing that must never come by mistake. */
void child_send(struct child *child, const char *line)
{
    (void) child;
    fuzz_check(!strchr(line, '\n'));
    if (strncmp(line, "{\"order\"", 8) == 0)
        fuzz_check(rollout_store_in_turn && strstr(line, "apply"));
}

void child_close_input(struct child *child)
{
    (void) child;
}

void child_kill(struct child *child)
{
    (void) child;
}

void child_set_limit(struct child *child, int64_t limit_ms)
{
    (void) child;
    fuzz_check(limit_ms >= 0);
}

static struct child *pick_child(uint8_t nth)
{
    struct child *child = children;

    for (nth %= 4; child && nth > 0; nth--)
        child = child->next;
    return child;
}

static void drop_child(struct child *child)
{
    struct child **at = &children;

    while (*at != child)
        at = &(*at)->next;
    *at = child->next;
    free(child);
}

/* "jNLINE": the Nth newest runner says it. */
static void step_says(struct fuzz_input *rest)
{
    struct child *child = pick_child(fuzz_byte(rest));
    size_t size;
    cleanup_free char *line = fuzz_cut(rest, '\n', &size);

    if (child)
        child->ops->line(child->userdata, line, size);
}

/* "kNS": it ends with that status. */
static void step_ends(struct fuzz_input *rest)
{
    struct child *child = pick_child(fuzz_byte(rest)), copy;
    int status = fuzz_byte(rest) % 2;

    if (!child)
        return;
    copy = *child;
    drop_child(child);
    copy.ops->ended(copy.userdata, status, "it has died");
}

/* --------------------------------------------------------------- the daemon */

static void on_ended(void *userdata, int64_t ticket, const json_t *report)
{
    (void) userdata;
    /* A turn of an earlier life has neither. */
    fuzz_check(ticket == 0 || json_is_object(report));
}

static void on_text(void *userdata, const char *text)
{
    (void) userdata;
    fuzz_check(text && *text);
}

static void on_nothing(void *userdata)
{
    (void) userdata;
}

static void on_stopped(void *userdata)
{
    (void) userdata;
    over = true;
}

static void on_fatal(void *userdata, const char *why)
{
    on_text(userdata, why);
    rollout_stop(userdata);
}

static const struct rollout_ops ops = {.ended = on_ended,
                                       .progress = on_text,
                                       .held = on_text,
                                       .between_turns = on_nothing,
                                       .ready = on_nothing,
                                       .stopped = on_stopped,
                                       .fatal = on_fatal};

static void step_other(struct rollout *rollout, char what)
{
    if (what == 'z')
        fuzz_time_next();
    else if (what == 'r')
        rollout_request(rollout, NULL, "operator", true);
    else if (what == 'c' && rollout_is_between_turns(rollout))
        rollout_recatalog(rollout, "other");
    else if (what == 's')
        rollout_stop(rollout);
}

static void step(struct rollout *rollout, struct fuzz_input *rest)
{
    char what = (char) fuzz_byte(rest);

    if (what == 'a')
        rollout_store_answer(rest);
    else if (what == 'l')
        rollout_store_lease(rest);
    else if (what == 'w')
        rollout_store_watch(rest);
    else if (what == 'j')
        step_says(rest);
    else if (what == 'k')
        step_ends(rest);
    else
        step_other(rollout, what);
    fuzz_check(rollout_state(rollout));
}

/* The daemon does not end in the middle of a change: its runners end first,
 * and the one that puts back what they left. */
static void finish(struct rollout *rollout)
{
    static const char last[] = "01";
    unsigned n;

    for (n = 0; n < 4 && children; n++) {
        struct fuzz_input rest = {last, 2};

        step_ends(&rest);
    }
    rollout_done(rollout);
    rollout_store_end();
    while (children) {
        struct child copy = *children;

        drop_child(children);
        if (copy.ops->dropped)
            copy.ops->dropped(copy.userdata);
    }
    fuzz_time_reset();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct config config = {.node = (char *) "web1",
                                         .file = (char *) "/nonexistent/c",
                                         .runner = (char *) "/nonexistent/r",
                                         .flag_lift_self = true,
                                         .settle_quiet_ms = 10,
                                         .settle_max_ms = 60,
                                         .run_timeout_ms = 1000,
                                         .plan_ahead = 2,
                                         .ttl_s = 30};
    static const struct machine machine = {.machine = "m", .boot = "b"};
    struct fuzz_input input = {(const char *) data, size};
    struct rollout rollout;
    unsigned steps;

    over = false;
    log_open("fuzz", true);
    fuzz_time_reset();
    srandom(1);
    rollout_init(&rollout, NULL, &config, rollout_store_begin(), &machine);
    bus_subscribe(rollout.bus, "crontab", "crons");
    rollout.catalog = "digest";
    rollout_start(&rollout, &ops, &rollout);
    for (steps = 0; steps < 200 && input.left > 0 && !over; steps++) {
        size_t one_size;
        cleanup_free char *one = fuzz_cut(&input, '\f', &one_size);
        struct fuzz_input rest = {one, one_size};

        step(&rollout, &rest);
    }
    finish(&rollout);
    return 0;
}
