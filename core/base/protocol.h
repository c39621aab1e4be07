/* SPDX-License-Identifier: ISC */
#ifndef CCM_BASE_PROTOCOL_H
#define CCM_BASE_PROTOCOL_H

/*
 * The messages between the three programs. All of it is JSON, one document a
 * line.
 *
 * ccmd and ccm-runner run. ccmd writes one job to the runner's standard input:
 *
 *   {"job":{"configurations":["crontab"] or null for all,
 *           "revision":R,        read at least this revision
 *           "who":"event: crons", for the history
 *           "allow_removals":false,
 *           "plan":"..." or null, the digest that a preview of the same gave:
 *                                anything else fails and has "differs":true
 *           "config":"...",     config_digest of what ccmd was started with
 *           "catalog":"..."}}    the digest that ccmd holds; if the modules on
 *                                disk make another one, the run fails at
 *                                "load" and asks for a module reload
 *
 * If "config" is not the digest of what the runner has read, it does nothing
 * and fails at "load", transient. The other modes have --config-digest.
 *
 * The line may arrive at any time after the start. A runner that waits for it
 * prepares itself meanwhile.
 *
 * The runner plans and compares, and says on standard output either
 *
 *   {"event":"planned","revision":R,"changes":N,"digest":"...",
 *    "owed":["nginx"],       reloads that an earlier run left behind
 *    "rejected":[{"configuration":c,"type":t,"id":i,"error":e}],
 *    "rejected_count":N,     of which the first are in "rejected"
 *    "configurations":[...]} in run order
 *
 * or "failed" (below). If there are changes or owed reloads, it then waits for
 * {"order":"apply","turn":"<id>"}; end of file means: drop the job. With
 * nothing to do it goes on to "done" at once. While it applies:
 *
 *   {"event":"progress","step":s,"configuration":c,"detail":d}
 *
 * and at the end exactly one of
 *
 *   {"event":"done","changes":N,"digest":"...","revision":R}
 *   {"event":"failed","step":s,"configuration":c or null,"error":e,
 *    "machine":true,              or absent: error_is_machine
 *    "transient":true or false,   true: objects unreachable, try again
 *    "died":true or false,   true: a planner ran out of memory, try again
 *    "rolled_back":true or false} false after "apply": the node is inconsistent
 *
 * Steps: job, load, objects, plan, compare, guard, stage, commit, test,
 * reload, check, rollback.
 *
 * ccmctl and ccmd: see control/control.h. The exit status of ccmctl and of
 * `ccm-runner plan` is one of these:
 */

enum ccm_exit {
    CCM_EXIT_DONE = 0,
    CCM_EXIT_FAILED = 1,
    CCM_EXIT_USAGE = 2,
    CCM_EXIT_CHANGES = 3, /* plan --exit-code, and changes are pending */
    CCM_EXIT_HALTED = 4,  /* by the flag */
    CCM_EXIT_NO_DAEMON = 5,
    CCM_EXIT_STALE = 6, /* ccm-runner --config-digest: the digests differ */
};

/* The longest line that either side accepts, in bytes. */
#define PROTOCOL_LINE_MAX (8 * 1024 * 1024)

#endif
