#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# What happens to a turn when its daemon is stopped, killed, or never returns.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

nodes=(web1 web2 web3)
etcd_start
gate_make
for node in "${nodes[@]}"; do
    node_make "$node"
    node_things "$node" "settings = { command = \"$scratch/gate\"; };"
done
node_start "${nodes[@]}"
wait_for "three nodes start" all_settled "${nodes[@]}"
thing_put web1 1 alpha one
wait_for "a thing reaches all" all_have_thing alpha one "${nodes[@]}"
wait_for "the cluster converges" converged web1

# apply_begins CONTENT: puts it, and waits until a node is in the middle of its
# turn: $at_gate; $rest are the others.
apply_begins() {
    gate_forget
    gate_shut
    before=$(revision_now)
    thing_put web1 1 alpha "$1" >/dev/null
    wait_for "a node is in the middle of its turn" gate_reached
    read -ra rest <<<"$(others "$at_gate" "${nodes[@]}")"
}

# --- SIGTERM
apply_begins two
check "it shows as applying" has_status "$at_gate" '.state == "applying"'
kill -TERM "${node_pid[$at_gate]}"
wait_for "SIGTERM is heard in mid-turn" log_says "$at_gate" 'stopping|SIGTERM'
check "the node lives on until its turn has ended" node_lives "$at_gate"
check "its marker stands" key_exists "applying/$at_gate"
gate_open
end_of "${node_pid[$at_gate]}"
check_is "then it ends" 0 "$ended"
check "its turn has changed the node" thing_is "$at_gate" alpha two
check_says "and has ended well" "^$at_gate:done" "$(turns "$before")"
check_status "its marker is gone" 1 key_exists "applying/$at_gate"
wait_for "the others go on" all_have_thing alpha two "${rest[@]}"
check "there is no flag" no_flag "${rest[0]}"
node_start "$at_gate"
wait_for "the stopped node is back" all_settled "${nodes[@]}"

# --- kill -9 of the daemon
apply_begins three
bad=$at_gate
node_stop "$bad" KILL
check "kill -9 in mid-turn leaves the marker" key_exists "applying/$bad"
wait_for "the others find the node in doubt and raise the flag" \
    flag_is "${rest[0]}" ".kind == \"in-doubt\" and .node == \"$bad\""
wait_for "they are held" has_status "${rest[0]}" '.state == "held"'
wait_for "both" has_status "${rest[1]}" '.state == "held"'
check "and untouched" all_have_thing alpha two "${rest[@]}"
check_is "nobody else has begun a turn" "$bad:open" "$(turns "$before")"
gate_open
node_start "$bad"
wait_for "the killed node comes back and ends that turn as failed" \
    log_says "$bad" 'ending the old turn .* as failed'
wait_for "its marker goes" no_key_below applying/
check_says "the turn has failed" "^$bad:failed" "$(turns "$before")"
thing_put "$bad" 1 alpha four
wait_for "a newer event repairs it and reaches all" \
    all_have_thing alpha four "${nodes[@]}"
wait_for "the cluster converges" converged "$bad"
check "the flag is lifted" no_flag "$bad"

# --- kill -9 of the runner
apply_begins five
bad=$at_gate
pkill -KILL -P "${node_pid[$bad]}"
wait_for "a runner that is killed in mid-turn raises the flag" \
    flag_is "${rest[0]}" ".kind == \"failed\" and .node == \"$bad\""
gate_open
check "the daemon lives" node_lives "$bad"
wait_for "what it had changed is put back" thing_is "$bad" alpha four
check "the history has the run that was cut short" jq -e \
    '.records[0] | .outcome == "failed" and .rolled_back' \
    <<<"$(ctl "$bad" history --json --limit 1)"
check "the others are untouched" all_have_thing alpha four "${rest[@]}"
thing_put "$bad" 1 alpha six
wait_for "a newer event repairs it and reaches all" \
    all_have_thing alpha six "${nodes[@]}"
wait_for "the cluster converges" converged "$bad"

# --- a node that never comes back
apply_begins seven
bad=$at_gate
node_stop "$bad" KILL
wait_for "a node is in doubt" \
    flag_is "${rest[0]}" ".kind == \"in-doubt\" and .node == \"$bad\""
wait_for "its presence lapses" no_key_below "alive/$bad"
check_status "flag clear alone does not do for a node in doubt" 4 \
    ctl "${rest[0]}" flag clear
check_says "and says what does" "flag clear $bad" "$output"
check "the operator says that the node is dead" \
    ctl "${rest[0]}" flag clear "$bad"
gate_open
wait_for "the others go on" all_have_thing alpha seven "${rest[@]}"
wait_for "no marker is left" no_key_below applying/
check "there is no flag" no_flag "${rest[0]}"
node_start "$bad"
wait_for "if it comes back after all, it catches up" \
    all_have_thing alpha seven "${nodes[@]}"
wait_for "the cluster converges" converged "$bad"

# --- two daemons of one name
node_make twin 'node="web1"'
node_things twin
node_launch twin
wait_until node_is_gone twin
check "a second node with the same name does not run" node_is_gone twin
end_of "${node_pid[twin]}"
check_status "it ends with an error" 1 test "$ended" -eq 0
check_says "that names the node" 'web1' "$(cat "$scratch/twin/log")"
check "the first one lives" is_settled web1
check_status "a second daemon on one state_dir does not run" 1 \
    timeout "$patience" "$builddir/ccmd" -c "$scratch/web1/ccm.conf"
check_says "and says why" 'state_dir|another ccmd' "$output"
check "the first one still answers" is_settled web1

check_history
done_testing
