#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# etcd's own lock takes a place in the same queue.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

nodes=(web1 web2)
etcd_start
for node in "${nodes[@]}"; do
    node_make "$node"
    node_things "$node"
done
node_start "${nodes[@]}"
wait_for "two nodes start" all_settled "${nodes[@]}"

launch TERM "$scratch/lock.log" etcdctl lock $prefix/lock
lock=$launched
lock_is_held() {
    grep -q "$prefix/lock" "$scratch/lock.log"
}
wait_for "etcdctl takes the lock" lock_is_held
before=$(revision_now)
log_mark
thing_put web1 1 alpha one
queue_says() {
    ctl "${2:-web1}" queue --json | jq -e "$1" >/dev/null
}
queue_has() {
    queue_says "[.entries[].node] | $1" "${2-}"
}
wait_for "the nodes queue behind it" queue_has 'contains(["web1", "web2"])'
check "they are in the queue of three" queue_has 'length == 3'
check "and each entry says since when" queue_says \
    '[.entries[] | select(.node).since | length > 0] | all'
wait_for "web1 shows as queued" has_status web1 '.state == "queued"'
wait_for "web2 shows as queued" has_status web2 '.state == "queued"'
plans() {
    log_says_since "$1" 'planned at revision' | wc -l
}
for node in "${nodes[@]}"; do
    wait_for "$node plans before it has the lock" \
        log_says_since "$node" 'planned at revision'
done
check_is "nobody begins a turn" "" "$(turns "$before")"
kill -TERM "$lock"
end_of "$lock"
wait_for "when it ends, they go on" all_have_thing alpha one "${nodes[@]}"
wait_for "the cluster converges" converged web1
check_is "in one turn each" 2 "$(turns "$before" | wc -w)"
check_is "as web1 had planned it, once" 1 "$(plans web1)"
check_is "web2, too" 1 "$(plans web2)"

# The queue goes on when one who waits in it is gone.
: >"$scratch/lock.log"
launch TERM "$scratch/lock.log" etcdctl lock $prefix/lock
lock=$launched
wait_for "etcdctl takes the lock again" lock_is_held
thing_put web1 1 alpha two
wait_for "both queue" queue_has 'length == 3'
node_stop web1
check_is "a node that waits can be stopped" 0 "$ended"
wait_for "its place is gone" queue_has 'length == 2' web2
kill -TERM "$lock"
end_of "$lock"
wait_for "the other goes on" thing_is web2 alpha two
check_status "the stopped one has not been touched" 1 thing_is web1 alpha two
node_start web1
wait_for "it catches up when it is back" thing_is web1 alpha two
check_history
done_testing
