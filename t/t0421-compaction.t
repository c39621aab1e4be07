#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# History that is compacted away while a node cannot see it.
# shellcheck source=t/chaos/points.sh
. "$(dirname "$0")/chaos/points.sh" || exit 1
points_start

# The record below is etcd's own history: it must not miss anything either.
compact() {
    record_catch_up
    etcdctl compact "$(revision_now)" >/dev/null
}
cut_off() {
    fault web1 refuse
    wait_for "$1: web1 is cut off" has_status web1 '.connected == false'
}
back() {
    compact
    fault web1 pass
}

for point in idle queued planning planned applying; do
    what="compacted $point"
    reach $point "$what"
    cut_off "$what"
    leave $point
    publish "$what, and more"
    back
    all_arrives "$what"
done

# Flags that came or went unseen.
reach planned "flag unseen"
cut_off "flag unseen"
check "an operator sets a hold meanwhile" ctl web2 flag set maintenance
back
leave planned
wait_for "flag unseen: web1 is held by it" has_status web1 '.state == "held"'
check_is "flag unseen: and has begun no turn" "" \
    "$(turns "$before" | tr ' ' '\n' | grep web1)"
cut_off "lifted unseen"
check "the operator lifts it meanwhile" ctl web2 flag clear
back
all_arrives "lifted unseen"

# Compactions and breaking streams among events.
before=$(revision_now)
fault web1 cut
for i in {1..20}; do
    publish "burst $i"
    [ $((i % 5)) -ne 0 ] || compact
    [ $((i % 3)) -ne 0 ] || fault web1 cut
done
all_arrives "a burst with compactions"
no_flag_since "a burst with compactions"
check_history
done_testing
