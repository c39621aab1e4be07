#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The main job: an event becomes configuration on three nodes, one at a time.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

nodes=(web1 web2 web3)
etcd_start
for node in "${nodes[@]}"; do
    node_make "$node"
    node_things "$node"
done
node_start "${nodes[@]}"
wait_for "three nodes start with a full run each" all_settled "${nodes[@]}"
wait_for "and agree that they have" converged web1

before=$(revision_now)
thing_put web1 1 alpha one
wait_for "a thing that is put reaches every node" \
    all_have_thing alpha one "${nodes[@]}"
wait_for "the cluster converges" converged web2
check_is "each node has had one turn" "web1:done web2:done web3:done" \
    "$(turns "$before" | tr ' ' '\n' | sort | tr '\n' ' ' | sed 's/ $//')"
check_is "web2 is as web1" "$(tree_of web1)" "$(tree_of web2)"
check_is "web3 is as web1" "$(tree_of web1)" "$(tree_of web3)"
check "its digest is known" test -n "$(digest web1 web1)"
check_is "web2 has the digest of web1" "$(digest web1 web1)" \
    "$(digest web1 web2)"
check_is "web3 has the digest of web1" "$(digest web1 web1)" \
    "$(digest web1 web3)"

etcdctl put $prefix/objects/things/2 \
    '{"id":2,"name":"beta","content":"two"}' >/dev/null
check_status "an object without an event changes nothing yet" 1 \
    thing_is web1 beta two
etcdctl put $prefix/events/things "by hand" >/dev/null
wait_for "an event that etcdctl puts counts" \
    all_have_thing beta two "${nodes[@]}"
wait_for "the cluster converges again" converged web1

before=$(revision_now)
etcdctl put $prefix/events/things "nothing new" >/dev/null
event=$(event_revision things)
has_seen_event() {
    ctl web1 nodes --json |
        jq -e --argjson event "$event" \
            '[.nodes[].applied.revision >= $event] | all' >/dev/null
}
wait_for "an event that changes nothing is recorded by all" has_seen_event
check_is "and costs no turn" "" "$(turns "$before")"

etcdctl put $prefix/events/strangers "nobody wants these" >/dev/null
wait_for "an event of a type that nobody subscribes to changes nothing" \
    all_settled "${nodes[@]}"

node_make web4
node_things web4
node_start web4
wait_for "a new node settles" is_settled web4
check_is "it has become identical" "$(tree_of web1)" "$(tree_of web4)"
check_is "with the same digest" "$(digest web1 web1)" "$(digest web1 web4)"
wait_for "and the cluster converges with it" converged web1

rm "$(root web2)/etc/things/alpha"
etcdctl put $prefix/events/things "look again" >/dev/null
wait_for "a deleted file comes back on the next run" \
    thing_is web2 alpha one
wait_for "the nodes settle" all_settled "${nodes[@]}" web4
echo "by hand" >"$(root web3)/etc/things/beta"
echo "by hand" >"$(root web3)/etc/things/gamma"
check "apply --all makes a full run" ctl web3 apply --all
check "a file that was edited is whole again" thing_is web3 beta two
check_status "a file that nobody declares is gone" 1 \
    test -e "$(root web3)/etc/things/gamma"

check "an object is deleted" ctl web1 object delete things 1
gone_everywhere() {
    local node
    for node in "${nodes[@]}" web4; do
        [ ! -e "$(root "$node")/etc/things/alpha" ] || return 1
    done
}
wait_for "and its file goes from every node" gone_everywhere

check_history
for node in "${nodes[@]}" web4; do
    node_stop "$node"
    check_is "$node stops with SIGTERM" 0 "$ended"
done
check "no place in the queue is left" no_key_below lock/
check "no presence is left" no_key_below alive/
check "no marker is left" no_key_below applying/
done_testing
