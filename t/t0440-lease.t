#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The lease is gone, at each point of a turn.
# shellcheck source=t/chaos/points.sh
. "$(dirname "$0")/chaos/points.sh" || exit 1
points_start

another_lease() {
    local now
    now=$(lease_of web1)
    [ -n "$now" ] && [ "$now" != "$old" ]
}

for point in idle queued planning planned beginning ending settling; do
    reach $point "revoked $point"
    old=$(lease_of web1)
    check "revoked $point" etcdctl lease revoke "$old"
    fault web1 pass
    wait_for "revoked $point: it gets another" another_lease
    leave $point
    [ $point != idle ] || publish "revoked $point"
    all_arrives "revoked $point"
    check_is "revoked $point: one turn, and it has ended well" "web1:done" \
        "$(turns "$before" | tr ' ' '\n' | grep web1)"
    # The other may have seen the marker while nobody was there.
    [ $point = beginning ] || no_flag_since "revoked $point"
done

in_doubt() {
    flag_is web2 '.kind == "in-doubt" and .node == "web1"'
}

# It loses its place, and keeps its marker.
reach applying "revoked applying"
old=$(lease_of web1)
check "revoked in mid-turn" etcdctl lease revoke "$old"
publish "revoked, and more"
wait_for "revoked in mid-turn: the other finds it in doubt" in_doubt
wait_for "revoked in mid-turn: it is present again" another_lease
check_status "one that is there cannot be declared dead" 1 \
    ctl web2 flag clear web1
check_is "nobody else has begun" "web1:open" \
    "$(turns "$before" | tr ' ' '\n' | tail -n 1)"
leave applying
all_arrives "revoked in mid-turn: it finishes and lifts that itself"

# A request to begin that arrives when its sender has long given up.
reach applying "late"
gate_open web1
all_arrives "late: before"
reach beginning "late beginning" hold
wait_for "late beginning: the sender has tried again" \
    turn_is web1 "done" "$before"
fault web1 release
fault web1 pass
all_arrives "late beginning"
check_history
done_testing
