#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A daemon that stands still (SIGSTOP, a suspended machine) for longer than its
# lease, at each point of a turn.
# shellcheck source=t/chaos/points.sh
. "$(dirname "$0")/chaos/points.sh" || exit 1
points_start

in_doubt() {
    flag_is web2 '.kind == "in-doubt" and .node == "web1"'
}

reach applying "asleep"
kill -STOP "${node_pid[web1]}"
wait_for "asleep in mid-turn: its presence lapses" no_lease_of web1
leave applying
publish "asleep, and more"
wait_for "asleep in mid-turn: the other finds it in doubt" in_doubt
kill -CONT "${node_pid[web1]}"
all_arrives "asleep in mid-turn: it finishes and lifts that itself"
check_is "asleep in mid-turn: that turn has ended well" "web1:done" \
    "$(turns "$before" | tr ' ' '\n' | grep web1 | head -n 1)"

for point in idle queued planning planned beginning ending settling; do
    reach $point "asleep $point"
    kill -STOP "${node_pid[web1]}"
    [ $point != idle ] || publish "asleep $point"
    wait_for "asleep $point: its presence lapses" no_lease_of web1
    fault web1 pass
    leave $point
    kill -CONT "${node_pid[web1]}"
    all_arrives "asleep $point"
    check_is "asleep $point: one turn, and it has ended well" "web1:done" \
        "$(turns "$before" | tr ' ' '\n' | grep web1)"
done

check_history
done_testing
