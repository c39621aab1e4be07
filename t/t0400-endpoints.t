#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# An etcd of three members, any one of which may fail.
# shellcheck source=t/chaos/faults.sh
. "$(dirname "$0")/chaos/faults.sh" || exit 1

nodes=(web1 web2)
members_start
gate_make
links=()
for node in "${nodes[@]}"; do
    for i in 0 1 2; do
        links+=("$node.$i=$address:$((2400 + i))")
    done
done
links_start "${links[@]}"
for node in "${nodes[@]}"; do
    node_make "$node" \
        "store=$(store_by "$node.0" "$node.1" "$node.2")"
    node_things "$node" "settings = { command = \"$scratch/gate\"; };"
done

fault web1.0 refuse
node_start "${nodes[@]}"
wait_for "with one endpoint that refuses, a node starts by another" \
    all_settled "${nodes[@]}"
publish() {
    # With a member lost, the answer to this may be lost, too.
    wait_until thing_put web1 1 alpha "$1"
    wait_for "$2" all_have_thing alpha "$1" "${nodes[@]}"
    wait_for "the cluster converges" converged web2
}
publish one "and works"
fault web1.0 pass

fault web1.1 cut
fault web1.1 refuse
publish two "the endpoint in use refuses: it goes on by another"
fault web1.1 pass

fault web2.0 swallow both
publish silent "an endpoint that swallows all is passed by"
fault web2.0 pass

old=$(leader)
check_is "there is a leader" 1 "$(wc -w <<<"$old")"
kill -STOP "${member_pid[$old]}"
leader_is_one() {
    [ "$(leader | wc -l)" -eq 1 ]
}
another_leads() {
    local i
    for ((i = 0; i < members; i++)); do
        [ "$i" = "$old" ] || ! member_is_leader "$i" || return 0
    done
    return 1
}
wait_for "the leader hangs: another is elected" another_leads
publish three "and the roll-out goes on"
kill -CONT "${member_pid[$old]}"

wait_for "it is no leader any more when it is back" leader_is_one
old=$(leader)
gate_forget
gate_shut
before=$(revision_now)
wait_until thing_put web1 1 alpha four
wait_for "a node is in the middle of its turn" gate_reached
member_kill "$old"
wait_for "the leader is killed then: another is elected" leader_is_one
gate_open
wait_for "the turn ends, and the next one's too" \
    all_have_thing alpha four "${nodes[@]}"
wait_for "the cluster converges" converged web2
check_is "in one turn each" "web1:done web2:done" \
    "$(turns "$before" | tr ' ' '\n' | sort | tr '\n' ' ' | sed 's/ $//')"
node_stop web2
node_start web2
wait_for "a node starts with one member down" is_settled web2
member_start "$old"
wait_for "and stays when it is back" all_settled "${nodes[@]}"

for i in 0 1 2; do
    member_kill "$i"
done
wait_for "without any member both are disconnected" \
    has_status web1 '.state == "disconnected"'
wait_for "web2, too" has_status web2 '.state == "disconnected"'
for i in 0 1 2; do
    member_start "$i"
done
wait_for "all members are back: both connect" all_settled "${nodes[@]}"
publish five "and work"
check "no flag was ever raised" no_flag web1
flag_ever() {
    history_of events | grep -E '^[0-9]+ flag ' | grep -v ' -$'
}
check_is "in the whole history" "" "$(flag_ever)"
check_history
done_testing
