#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# What raises and lifts the flag, and what operators ask for, each request
# lost in each way.
# shellcheck source=t/chaos/answers.sh
. "$(dirname "$0")/chaos/answers.sh" || exit 1
points_start
ways=(drop lose stall)

failed_flags() {
    flags_since | wc -l
}
flag_of() {
    flag_is web2 ".kind == \"$2\" and .node == \"$1\""
}

# A change that fails: the end of the turn raises the flag, once.
for trap in "${ways[@]}"; do
    gate_refuse web1
    lost "$trap" "$(delete_of applying/web1)" "failed" publish "failed $trap"
    wait_for "failed, $trap: the flag is up" flag_of web1 failed
    gate_allow web1
    wait_for "failed, $trap: no marker is left" no_key_below applying/
    one_turn "failed, $trap" failed
    check_is "failed, $trap: the flag was put once" 1 "$(failed_flags)"
    publish "mended $trap"
    all_arrives "failed, $trap"
done

# A change that cannot be planned is told from the head of the queue. web2
# would tell it just the same, if it were there.
broken_put() {
    etcdctl put "$prefix/objects/things/2" \
        '{"id":2,"name":"beta","broken":true}'
    etcdctl put "$prefix/events/things" ""
} >>"$scratch/etcdctl.log"
for trap in "${ways[@]}"; do
    node_stop web2
    lost "$trap" "$(put_of flag)" "unplanned" broken_put
    fault web1 pass
    node_start web2
    wait_for "unplanned, $trap: the flag is up" flag_of web1 failed
    check_is "unplanned, $trap: it was put once" 1 "$(failed_flags)"
    no_turn_at_all "unplanned, $trap"
    etcdctl del "$prefix/objects/things/2" >>"$scratch/etcdctl.log"
    publish "planned $trap"
    all_arrives "unplanned, $trap"
done

# The one who finds a node in doubt is web1 this time.
for trap in "${ways[@]}"; do
    gate_shut web2
    publish "doubt $trap"
    wait_for "doubt, $trap: web2 is in its turn" key_exists applying/web2
    node_stop web2 KILL
    gate_open web2
    lost "$trap" "$(put_of flag)" "doubt" publish "doubt $trap, and more"
    wait_for "doubt, $trap: the flag is up" \
        flag_is web1 '.kind == "in-doubt" and .node == "web2"'
    check_is "doubt, $trap: it was put once" 1 "$(failed_flags)"
    node_start web2
    all_arrives "doubt, $trap"
done

# An operator is told that it is open, and may repeat it.
ask() {
    "$@" >"$scratch/asked" 2>&1
    asked=$?
}
told_open() {
    check "$1: the operator is told so" test "$asked" -eq 1
    check_says "$1: and what to do" 'may have been carried out; check' \
        "$(cat "$scratch/asked")"
}
for trap in "${ways[@]}"; do
    what="put, $trap"
    lost "$trap" "$(put_of events/things)" "$what" \
        ask thing_put web1 1 alpha "put $trap"
    told_open "$what"
    content="put $trap"
    [ "$trap" != drop ] || thing_put web1 1 alpha "$content"
    all_arrives "$what"

    what="set, $trap"
    lost "$trap" "$(put_of flag)" "$what" ask ctl web1 flag set "a hold"
    told_open "$what"
    check "$what: it can be repeated" ctl web1 flag set "a hold"
    publish "held $trap"
    wait_for "$what: all are held" has_status web2 '.state == "held"'

    what="clear, $trap"
    lost "$trap" "$(delete_of flag)" "$what" ask ctl web1 flag clear
    told_open "$what"
    check "$what: it can be repeated" ctl web1 flag clear
    all_arrives "$what"
done
check_history
done_testing
