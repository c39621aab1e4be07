#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Settling: a burst of events costs one run.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

etcd_start
# A pause of 3 s between two of the puts below would end the burst.
burst="settle={ quiet = $((3 * slowness)).0; max = $((60 * slowness)).0; }"
node_make web1 "$burst"
node_make web2 "$burst"
for node in web1 web2; do
    node_things "$node"
done
node_start web1 web2
wait_for "two nodes start" all_settled web1 web2

before=$(revision_now)
for i in 1 2 3 4 5 6 7 8 9 10; do
    etcdctl put "$prefix/objects/things/$i" \
        "{\"id\":$i,\"name\":\"t$i\",\"content\":\"c\"}" >/dev/null
    etcdctl put $prefix/events/things "$i" >/dev/null
done
check "during the burst the node is settling" \
    has_status web1 '.state == "settling" and .pending == ["things"]'
check_is "and nothing has been done" "" "$(turns "$before")"
wait_for "then all of it is applied" all_have_thing t10 c web1 web2
wait_for "the nodes settle" all_settled web1 web2
check_is "in one turn on web1" 1 "$(turns_of web1 "$before")"
check_is "and in one on web2" 1 "$(turns_of web2 "$before")"

node_make web3 'settle={ quiet = 600.0; max = 600.0; }'
node_things web3
node_start web3
wait_for "a node that settles for ten minutes starts" is_settled web3
etcdctl put $prefix/objects/things/1 \
    '{"id":1,"name":"t1","content":"new"}' >/dev/null
etcdctl put $prefix/events/things "" >/dev/null
wait_for "it settles" has_status web3 '.state == "settling"'
check "an operator's apply does not wait for that" ctl web3 apply
check "and applies" thing_is web3 t1 new
wait_for "then nothing is pending" is_settled web3

node_make web4 'settle={ quiet = 5.0; max = 6.0; }'
node_things web4
node_start web4
wait_for "a node with a bound for settling starts" is_settled web4
before=$(revision_now)
# Events without an end: only the bound can end the settling.
(
    while :; do
        etcdctl put $prefix/events/things "again" >/dev/null
        sleep 0.5
    done
) &
children[$!]=KILL
has_run_since() {
    ctl web1 nodes --json | jq -e --argjson before "$before" \
        '.nodes[] | select(.node == "web4").applied.revision > $before' \
        >/dev/null
}
wait_for "events that never stop are applied at the bound" has_run_since
check_history
done_testing
