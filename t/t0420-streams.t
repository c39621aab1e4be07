#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Streams of etcd that die silently, or send invalid data.
# shellcheck source=t/chaos/points.sh
. "$(dirname "$0")/chaos/points.sh" || exit 1
points_start
before=$(revision_now)

# What is on the connections that are there is lost for ever; new ones work.
fault web1 swallow down
publish "silent"
fault web1 pass
all_arrives "silent streams"

# Only what watches is dead. How soon that is seen is counted in keepalives,
# of which there is one each 2/5 of the lease: the first tells that there is
# something newer, the second that it still has not come. One more may have
# been on its way.
fault web1 mute /v3/watch
fault web1 note
noted=$(wc -l <"$scratch/links.log")
publish "mute"
watches_again() {
    tail -n "+$((noted + 1))" "$scratch/links.log" |
        grep -q "^request ${link_number[web1]} /v3/watch"
}
wait_for "a watch that is dead alone is opened again" watches_again
keepalives=$(tail -n "+$((noted + 1))" "$scratch/links.log" |
    sed '/watch/q' | grep -c keepalive)
check "after $keepalives keepalives, 3 at most" test "$keepalives" -le 3
check "and said to be silent" log_says web1 'gone silent'
fault web1 pass
all_arrives "a dead watch"

fault web1 swallow both
publish "dead"
wait_for "all is silent for longer than the lease" no_lease_of web1
fault web1 pass
all_arrives "silent for longer than the lease"

fault web1 freeze down
publish "frozen"
wait_for "answers are late by more than the lease" no_lease_of web1
fault web1 pass
all_arrives "late answers"

fault web1 halve 20
publish "halves"
all_arrives "lines in halves"
fault web1 delay 200
publish "slow"
all_arrives "everything is slow"
fault web1 pass

for number in 1 2 3; do
    fault web1 truncate
    publish "truncated $number"
    all_arrives "cut off in the middle ($number)"
done

# say COMMAND TEXT: into the streams of watches
say() {
    forget_met
    log_mark
    fault web1 "$1" /v3/watch "$2"
    wait_for "the stream says $2" fault_met web1 inject
    [ "$2" = '{}' ] ||
        wait_for "such a stream is given up" \
            log_says_since web1 'the watch is lost'
    publish "$1 $2"
    all_arrives "$1 $2"
}
say inject '{"error":{"grpc_code":14,"http_code":503,"message":"etcdserver: no leader","http_status":"Service Unavailable"}}'
say inject '{"error":{"grpc_code":16,"http_code":401,"message":"etcdserver: invalid auth token"}}'
say inject 'this is no JSON'
say inject '[]'
say inject '{}'
say inject '{"result":{"events":17}}'
say inject '{"result":{"header":{"revision":"1"},"canceled":true,"compact_revision":"5"}}'
say half '{"result":{"header":{"rev'
check "the daemon lives" node_lives web1
no_flag_since "all that time"
check_history
done_testing
