#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The kernel kills the runner while it plans (in mid-change: t0130).
# shellcheck source=t/chaos/points.sh
. "$(dirname "$0")/chaos/points.sh" || exit 1
points_start

runner_is_another() {
    now=$(pgrep -x -P "${node_pid[web1]}" ccm-runner | head -n 1)
    [ -n "$now" ] && [ "$now" != "$was" ]
}
kill_runner() {
    wait_for "$1: there is a runner" runner_is_another
    was=$now
    kill -KILL "$was"
}

was=
reach planning "killed once"
kill_runner "killed in planning"
wait_for "it is tried again, without a flag" runner_is_another
leave planning
all_arrives "killed in planning"
no_flag_since "killed in planning"

reach planning "killed for good"
for i in 1 2 3; do
    kill_runner "killed, time $i"
done
wait_for "three times in a row raise the flag" \
    flag_is web2 '.kind == "failed" and .node == "web1"'
leave planning
publish "repaired"
all_arrives "a newer event"

reach planned "killed as it waits"
again=$(grep -c 'trying again' "$scratch/web1/log")
tried_again() {
    [ "$(grep -c 'trying again' "$scratch/web1/log")" -gt "$again" ]
}
kill_runner "killed as it waits"
wait_for "killed as it waits: it is tried again" tried_again
leave planned
all_arrives "killed as it waits"
no_flag_since "killed as it waits"
check_history
done_testing
