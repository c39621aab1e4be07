#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# What a node asks of etcd by itself, each request lost in each way (to begin
# and to end a turn: t0410).
# shellcheck source=t/chaos/answers.sh
. "$(dirname "$0")/chaos/answers.sh" || exit 1
points_start
ways=(drop lose crop stall)

for trap in "${ways[@]}"; do
    lease=$(lease_of web1)
    lost "$trap" "$(put_of "lock/$lease")" "join" publish "join $trap"
    all_arrives "join, $trap"
    one_turn "join, $trap"
    no_flag_since "join, $trap"
    check "join, $trap: no place is left" no_key_below lock/
done

# An event that changes nothing: the record alone says that it was heard.
for trap in "${ways[@]}"; do
    lost "$trap" "$(put_of nodes/web1)" "record" \
        etcdctl put "$prefix/events/things" "" >>"$scratch/etcdctl.log"
    all_arrives "record, $trap"
    no_turn_at_all "record, $trap"
    check "record, $trap: no place is left" no_key_below lock/
done

# With its lease gone it has another one granted, and claims its presence.
another_lease() {
    local now
    now=$(lease_of web1)
    [ -n "$now" ] && [ "$now" != "$lease" ]
}
for trap in drop lose stall; do
    for what in grant claim; do
        lease=$(lease_of web1)
        pattern=/v3/lease/grant
        [ $what = grant ] || pattern=$(put_of alive/web1)
        lost "$trap" "$pattern" $what \
            etcdctl lease revoke "$lease" >>"$scratch/etcdctl.log"
        publish "$what $trap"
        wait_for "$what, $trap: it is present again" another_lease
        all_arrives "$what, $trap"
        one_turn "$what, $trap"
        no_flag_since "$what, $trap"
    done
done
leases_are_two() {
    [ "$(etcdctl lease list | grep -c '^[0-9a-f]*$')" -eq 2 ]
}
wait_for "leases whose grant was lost lapse" leases_are_two

for trap in "${ways[@]}"; do
    lease=$(lease_of web1)
    lost "$trap" /v3/lease/keepalive "keepalive" publish "keepalive $trap"
    all_arrives "keepalive, $trap"
    # So short a lease does not outlast an answer that never comes.
    [ "$trap" = stall ] ||
        check_is "keepalive, $trap: it is the same lease" "$lease" \
            "$(lease_of web1)"
    no_flag_since "keepalive, $trap"
done
check_history
done_testing
