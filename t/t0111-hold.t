#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# An operator's hold, set while a node is at any point of its turn: none begins
# any more, one that has begun ends, and it stays until an operator lifts it.
# shellcheck source=t/chaos/points.sh
. "$(dirname "$0")/chaos/points.sh" || exit 1
points_start

hold_is_up() {
    flag_is web2 '.kind == "operator" and .error == "maintenance"'
}
is_held() {
    has_status "$1" '.state == "held" and .pending == ["things"]'
}

for point in idle queued planning planned settling; do
    reach $point "hold $point"
    check "hold $point: an operator sets it" ctl web2 flag set maintenance
    leave $point
    [ $point != idle ] || publish "hold $point"
    wait_for "hold $point: web1 is held" is_held web1
    # While web1 plans or settles, web2 may be done with it.
    [[ $point = planning || $point = settling ]] ||
        wait_for "hold $point: web2, too" is_held web2
    check_is "hold $point: nobody has begun a turn of it" "" \
        "$(turns "$before" | tr ' ' '\n' | grep web1)"
    check "hold $point: nothing is changed" test \
        "$(cat "$scratch/web1/root/etc/things/alpha")" != "hold $point"
    check_status "hold $point: apply is halted by it" 4 ctl web1 apply
    check "hold $point: the operator lifts it" ctl web1 flag clear
    all_arrives "hold $point"
done

reach applying "hold applying"
check "hold applying: an operator sets it" ctl web2 flag set maintenance
check_status "hold applying: a turn is not taken back by it" 1 \
    has_status web1 '.state == "held"'
leave applying
wait_for "hold applying: the turn that had begun ends" \
    turn_is web1 "done" "$before"
check "hold applying: the hold is still there" hold_is_up
publish "hold applying, and more"
wait_for "hold applying: web1 is held" is_held web1
wait_for "hold applying: web2, too" is_held web2
check_status "hold applying: what came later is not applied" 1 \
    thing_is web1 alpha "hold applying, and more"
check "hold applying: the operator lifts it" ctl web1 flag clear
all_arrives "hold applying"

# On top of a failure: the node that failed repairs itself, the hold stays.
gate_refuse web1
publish "hold and failure"
wait_for "web1 fails" flag_is web2 '.kind == "failed" and .node == "web1"'
check "an operator sets a hold on top" ctl web2 flag set maintenance
gate_allow web1
publish "hold and repair"
wait_for "web1 repairs itself" thing_is web1 alpha "hold and repair"
wait_for "and the hold is what stays" hold_is_up
wait_for "web2 is held" is_held web2
check_status "web2 is untouched" 1 thing_is web2 alpha "hold and repair"
check "the operator lifts it" ctl web1 flag clear
all_arrives "hold and failure"

# Restarts and lost leases make it no weaker.
check "an operator sets a hold" ctl web2 flag set maintenance
publish "hold and restart"
node_stop web1 KILL
node_start web1
wait_for "a restarted node is held" has_status web1 '.state == "held"'
check "its lease is revoked" etcdctl lease revoke "$(lease_of web1)"
wait_for "it is present again" key_exists alive/web1
wait_for "and still held" has_status web1 '.state == "held"'
check_status "and has changed nothing" 1 thing_is web1 alpha "hold and restart"
check "the operator lifts it" ctl web1 flag clear
all_arrives "hold and restart"

# Two operators: neither lifts the other's hold.
check "one operator holds the cluster" ctl web1 flag set "switch"
check "another holds it, too" ctl web2 flag set "disk"
check_says "both reasons are shown" 'hold 1, .*switch' "$(ctl web1 flag show)"
check_says "each with its number" 'hold 2, .*disk' "$(ctl web1 flag show)"
check_status "a clear that names none is refused" 1 ctl web1 flag clear
check "the first one is lifted" ctl web1 flag clear --hold 1
publish "two holds"
wait_for "the other one holds" is_held web1
check_status "a hold that is gone cannot be lifted again" 1 \
    ctl web1 flag clear --hold 1
check "a third one" ctl web1 flag set "night"
check "all of them are lifted" ctl web2 flag clear --all
all_arrives "two holds"

# A marker that somebody typed is removed again: the flag of doubt can go.
etcdctl put "$prefix/applying/typo" '{"turn":"t","machine":"m"}' >/dev/null
publish "a typed marker"
wait_for "a typed marker: a doubt is raised" flag_is web1 \
    '.kind == "in-doubt" and .node == "typo"'
check_status "a typed marker: it cannot be cleared while that stands" 4 \
    ctl web1 flag clear
etcdctl del "$prefix/applying/typo" >/dev/null
check "a typed marker: once it is gone, it can" ctl web1 flag clear
all_arrives "a typed marker"

check_history
done_testing
