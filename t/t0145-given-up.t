#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# An apply that was given up while etcd was away is not carried out later; and
# each outage is in the log, however many there are.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

etcd_start
node_make web1
node_things web1
node_start web1
wait_for "a node starts" is_settled web1

etcd_stop
wait_for "etcd is away" has_status web1 '.connected | not'
launch INT "$scratch/apply" "$builddir/ccmctl" apply --all \
    --socket "$scratch/web1/ccmd.sock"
apply=$launched
wait_for "an apply waits for it" grep -q 'waiting for' "$scratch/apply"
kill -INT "$apply"
end_of "$apply"
etcd_launch "$((etcd_port - 10000))"
wait_for "etcd is back" has_status web1 '.connected'
thing_put web1 1 alpha one
wait_for "the node goes on" thing_is web1 alpha one
check_status "what was given up has not been carried out" 1 \
    log_says web1 'operator.*: joining the queue'

# The same, but nobody gives up.
etcd_stop
wait_for "etcd is away again" has_status web1 '.connected | not'
launch INT "$scratch/apply2" "$builddir/ccmctl" apply --all \
    --socket "$scratch/web1/ccmd.sock"
apply=$launched
wait_for "an apply waits for it, too" grep -q 'waiting for' "$scratch/apply2"
etcd_launch "$((etcd_port - 10000))"
end_of "$apply"
check_is "it is carried out" 0 "$ended"

outages=$(grep -c 'watch is lost' "$scratch/web1/log")
for n in 1 2 3 4; do
    etcd_stop
    wait_for "outage $n" has_status web1 '.connected | not'
    etcd_launch "$((etcd_port - 10000))"
    wait_for "outage $n is over" has_status web1 '.connected'
done
check_is "each outage is in the log" $((outages + 4)) \
    "$(grep -c 'watch is lost' "$scratch/web1/log")"
check "and each return" test \
    "$(grep -c 'watching events' "$scratch/web1/log")" -ge $((outages + 4))
done_testing
