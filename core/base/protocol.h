/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_PROTOCOL_H
#define CCM_BASE_PROTOCOL_H

/*
 * What the three programs say to each other. All of it is JSON, one document
 * a line.
 *
 * ccmd and ccm-runner run. ccmd writes one job to the runner's standard input:
 *
 *   {"job":{"configurations":["crontab"] or null for all,
 *           "revision":R,        at least this revision is wanted
 *           "who":"event: crons", for the history
 *           "allow_removals":false,
 *           "config":"...",     config_digest of what ccmd was started with
 *           "catalog":"..."}}    the digest that ccmd holds; if the modules on
 *                                disk make another one, the run fails at
 *                                "load" and asks for a module reload
 *
 * If "config" is not the digest of what the runner has read, it does nothing
 * and fails at "load", transient. The other modes have --config-digest.
 *
 * The line may come any time after the start; a runner that waits for it does
 * some preparations meanwhile.
 *
 * The runner plans and compares, and says on standard output either
 *
 *   {"event":"planned","revision":R,"changes":N,"digest":"...",
 *    "owed":["nginx"],       reloads that an earlier run left behind
 *    "rejected":[{"configuration":c,"type":t,"id":i,"error":e}],
 *    "rejected_count":N,     of which the first are in "rejected"
 *    "configurations":[...]} in run order
 *
 * or "failed" (below). If there is something to do (changes or owed) it then
 * waits for {"order":"apply","turn":"<id>"}; end of file there means: forget
 * it. With nothing to do it goes on to "done" at once. While it applies:
 *
 *   {"event":"progress","step":s,"configuration":c,"detail":d}
 *
 * and at the end exactly one of
 *
 *   {"event":"done","changes":N,"digest":"...","revision":R}
 *   {"event":"failed","step":s,"configuration":c or null,"error":e,
 *    "transient":true or false,   true: objects out of reach, try again
 *    "died":true or false,   true: a planner had no memory, try again a little
 *    "rolled_back":true or false} false after "apply": the node is not whole
 *
 * Steps: job, load, objects, plan, compare, guard, stage, commit, test,
 * reload, check, rollback.
 *
 * ccmctl and ccmd: see control.h of core/cluster. The exit status of ccmctl
 * and of `ccm-runner plan` is one of these:
 */

enum ccm_exit {
    CCM_EXIT_DONE = 0,
    CCM_EXIT_FAILED = 1,
    CCM_EXIT_USAGE = 2,
    CCM_EXIT_CHANGES = 3, /* plan --exit-code, and changes are pending */
    CCM_EXIT_HALTED = 4,  /* by the flag */
    CCM_EXIT_NO_DAEMON = 5,
    CCM_EXIT_STALE = 6, /* ccm-runner --config-digest: it is another */
};

/* The longest line that either side takes, in bytes. */
#define PROTOCOL_LINE_MAX (8 * 1024 * 1024)

#endif
