#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Two machines of one name: one of them works, and never both.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

etcd_start
gate_make
for dir in web1 web2 twin copy; do
    name=$dir
    [[ $dir = web? ]] || name=web1
    node_make $dir "node=\"$name\"" 'rollout={ ttl = 2; run_timeout = 120; }'
    node_things $dir "settings = { command = \"$scratch/gate\"; };"
done
node_start web1 web2
wait_for "two nodes start" all_settled web1 web2
thing_put web1 1 alpha one
wait_for "a thing is everywhere" all_have_thing alpha one web1 web2
wait_for "the cluster converges" converged web2

# refused DIRECTORY WHAT PATTERN: it ends by itself, and says why.
refused() {
    wait_for "$2: it does not run" node_is_gone "$1"
    end_of "${node_pid[$1]}"
    check_is "$2: it ends with an error" 1 "$ended"
    check_says "$2: it says why" "$3" "$(tail -n 5 "$scratch/$1/log")"
    check_status "$2: it has changed nothing" 1 test -e "$(root "$1")/etc/things"
}

lease=$(etcdctl get "$prefix/alive/web1" -w fields | grep Lease)
node_launch twin
refused twin "the first one is idle" 'another machine is node "web1"'
check_is "the first one has kept its presence" "$lease" \
    "$(etcdctl get "$prefix/alive/web1" -w fields | grep Lease)"

# A container that was copied: one kernel, one machine id, the same state_dir
# but for its place.
copy_state() {
    rm -rf "$scratch/copy/state"
    cp -a "$scratch/web1/state" "$scratch/copy/state"
    rm -f "$scratch/copy/state/journal"
}
copy_state
node_launch copy
refused copy "a copy, the first one is idle" 'another machine is node "web1"'
check_is "the first one has kept its presence" "$lease" \
    "$(etcdctl get "$prefix/alive/web1" -w fields | grep Lease)"

gate_forget
gate_shut web1
thing_put web2 1 alpha two
wait_for "web1 is in its turn" grep -qx web1 "$scratch/gate.log"
node_launch twin
refused twin "the first one is in its turn" 'another machine is node "web1"'
copy_state
node_launch copy
refused copy "a copy, the first one is in its turn" \
    'another machine is node "web1"'
check "its marker stands" key_exists applying/web1

# Dead in its turn: its name is free, its turn is not.
node_stop web1 KILL
no_presence() {
    ! key_exists alive/web1
}
wait_for "killed in its turn: its presence lapses" no_presence
node_launch twin
refused twin "the first one is in doubt" \
    'another machine with the name "web1" began a turn'
node_launch copy
refused copy "a copy, the first one is in doubt" \
    'another machine with the name "web1" began a turn'
check "the marker is left to the one whose it is" key_exists applying/web1
check_status "and it has written no journal" 1 \
    test -e "$scratch/twin/state/journal"
gate_open web1
node_start web1
wait_for "the first one ends that turn and goes on" \
    all_have_thing alpha two web1 web2
wait_for "the cluster converges" converged web2

# Asleep for longer than its lease: the name is taken meanwhile.
kill -STOP "${node_pid[web1]}"
wait_for "asleep: its presence lapses" no_presence
node_start twin
wait_for "asleep: the other takes its name" has_status twin '.connected'
kill -CONT "${node_pid[web1]}"
wait_for "awake: it finds that, and ends" node_is_gone web1
end_of "${node_pid[web1]}"
check_is "awake: with an error" 1 "$ended"
check_says "awake: it says why" 'another machine is node "web1"' \
    "$(tail -n 5 "$scratch/web1/log")"
thing_put web2 1 alpha three
wait_for "the other one is web1 now" all_have_thing alpha three twin web2
check_status "the first one has changed no more" 1 thing_is web1 alpha three

# Both at once: one wins.
node_stop twin
node_launch web1
node_launch twin
one_is_gone() {
    node_is_gone web1 || node_is_gone twin
}
wait_for "both at once: one of them ends" one_is_gone
winner=web1
node_is_gone twin || winner=twin
wait_for "both at once: the other works" is_settled $winner
check_history
done_testing
