/* SPDX-License-Identifier: ISC */
/*
 * ccmctl publish and wait: send an event, see it through the cluster.
 *
 * The flag ends a wait, because no node begins a turn while it is up. But the
 * event may repair the failure that raised the flag: the node that failed tries
 * it first and lifts the flag. So the flag of a failure at an older revision
 * than the one waited for does not end the wait.
 */
#include "ctl.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/util.h"
#include "ctl/text.h"

#include <time.h>

#define POLL_MS 200

struct wait {
    int64_t revision; /* the one to wait for; 0: the newest at the first look */
    int64_t deadline_ms; /* clock_ms(); -1: none */
    int64_t told;        /* live nodes that were missing at the last report */
    bool told_flag;
    json_t *nodes; /* the last answers; freed by wait_done */
    json_t *flag;  /* NULL: none */
};

static void wait_done(struct wait *wait)
{
    json_decref(wait->nodes);
    json_decref(wait->flag);
}

static int wait_begin(struct ctl *ctl, struct wait *wait)
{
    long long seconds;

    wait->deadline_ms = wait->told = -1;
    if (!ctl->options.timeout)
        return CCM_EXIT_DONE;
    if (options_number(ctl->options.timeout, "--timeout", &seconds,
                       &ctl->error) < 0)
        return CCM_EXIT_USAGE;
    wait->deadline_ms = clock_ms() + seconds * 1000;
    return CCM_EXIT_DONE;
}

static int wait_look(struct ctl *ctl, struct wait *wait)
{
    json_auto_t *nodes = NULL, *flag = NULL;
    json_t *shown;
    int status = ctl_ask(ctl, "flag.show", NULL, -1, &flag);

    if (status == CCM_EXIT_DONE)
        status = ctl_ask(ctl, "nodes", NULL, -1, &nodes);
    if (status != CCM_EXIT_DONE)
        return status;
    shown = json_object_get(flag, "flag");
    json_decref(wait->nodes);
    json_decref(wait->flag);
    wait->nodes = STEAL(nodes);
    wait->flag = json_is_object(shown) ? json_incref(shown) : NULL;
    if (wait->revision == 0)
        wait->revision = json_integer_or(wait->nodes, "revision", 0);
    return CCM_EXIT_DONE;
}

/* How many live nodes have yet to apply the revision; 1 while no node lives:
 * nobody has converged then. */
static int64_t wait_missing(const struct wait *wait)
{
    const json_t *list = json_object_get(wait->nodes, "nodes"), *node;
    int64_t missing = 0, alive = 0;
    size_t i;

    if (json_bool_or(wait->nodes, "converged", false) &&
        json_integer_or(wait->nodes, "revision", 0) >= wait->revision)
        return 0;
    json_array_foreach (list, i, node) {
        if (!json_bool_or(node, "alive", false))
            continue;
        alive++;
        missing += ctl_applied(node) < wait->revision ||
                   !json_bool_or(node, "converged", true);
    }
    return alive > 0 ? missing : 1;
}

static bool wait_is_halted(const struct wait *wait)
{
    return wait->flag &&
           (!streq(json_string_or(wait->flag, "kind", ""), "failed") ||
            json_integer_or(wait->flag, "revision", 0) >= wait->revision);
}

static void wait_tell(struct ctl *ctl, struct wait *wait, int64_t missing)
{
    if (missing != wait->told)
        text_line(ctl->err, "revision %lld: %lld live node%s to go",
                  (long long) wait->revision, (long long) missing,
                  CTL_PLURAL(missing));
    wait->told = missing;
    if (wait->flag && !wait->told_flag)
        text_line(
            ctl->err,
            "the flag is up because of an older failure; %s tries this first",
            json_string_or(wait->flag, "node", "the node that failed"));
    wait->told_flag = wait->flag != NULL;
}

static int wait_report(struct ctl *ctl, const struct wait *wait, int status)
{
    json_auto_t *report = NULL;

    if (!ctl->json)
        return status;
    report = json_pack(
        "{s:I, s:b, s:O?, s:O*}", "revision", (json_int_t) wait->revision,
        "converged", status == CCM_EXIT_DONE, "nodes",
        json_object_get(wait->nodes, "nodes"), "flag", wait->flag);
    ctl_print_json(ctl, report);
    return status;
}

static int wait_end(struct ctl *ctl, const struct wait *wait, int64_t missing)
{
    if (missing == 0) {
        if (!ctl->json)
            text_line(ctl->out, "converged at revision %lld",
                      (long long) wait->revision);
        return wait_report(ctl, wait, CCM_EXIT_DONE);
    }
    if (wait_is_halted(wait)) {
        ctl_explain_flag(ctl->err, wait->flag);
        return wait_report(ctl, wait, CCM_EXIT_HALTED);
    }
    ctl_fail(ctl, CCM_EXIT_FAILED,
             "revision %lld was not applied in time; %lld live node%s to go, "
             "see ccmctl nodes",
             (long long) wait->revision, (long long) missing,
             CTL_PLURAL(missing));
    return wait_report(ctl, wait, CCM_EXIT_FAILED);
}

static int wait_loop(struct ctl *ctl, struct wait *wait)
{
    const struct timespec pause = {.tv_nsec = POLL_MS * 1000000};

    for (;;) {
        int64_t missing;
        int status = wait_look(ctl, wait);

        if (status != CCM_EXIT_DONE)
            return status;
        missing = wait_missing(wait);
        if (missing == 0 || wait_is_halted(wait) ||
            (wait->deadline_ms >= 0 && clock_ms() >= wait->deadline_ms))
            return wait_end(ctl, wait, missing);
        wait_tell(ctl, wait, missing);
        nanosleep(&pause, NULL);
    }
}

int command_wait(struct ctl *ctl)
{
    struct wait wait = {.revision = 0};
    long long revision = 0;
    int status = wait_begin(ctl, &wait);

    if (status == CCM_EXIT_DONE && ctl->options.revision &&
        options_number(ctl->options.revision, "--revision", &revision,
                       &ctl->error) < 0)
        status = CCM_EXIT_USAGE;
    wait.revision = revision;
    if (status == CCM_EXIT_DONE)
        status = wait_loop(ctl, &wait);
    wait_done(&wait);
    return status;
}

int command_publish(struct ctl *ctl)
{
    struct wait wait = {.revision = 0};
    json_auto_t *result = NULL;
    json_t *fields;
    int status = wait_begin(ctl, &wait);

    if (status != CCM_EXIT_DONE)
        return status;
    fields = json_pack("{s:o}", "types", ctl_words(ctl));
    if (ctl->options.text)
        json_object_set_new(fields, "text", json_text(ctl->options.text));
    status = ctl_ask(ctl, "publish", fields, -1, &result);
    if (status != CCM_EXIT_DONE)
        return status;
    wait.revision = json_integer_or(result, "revision", 0);
    if (ctl->options.seen & OPTION_WAIT) {
        status = wait_loop(ctl, &wait);
        wait_done(&wait);
        return status;
    }
    if (ctl->json)
        return ctl_print_json(ctl, result);
    text_line(ctl->out, "published at revision %lld",
              (long long) wait.revision);
    return CCM_EXIT_DONE;
}
