#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# etcd out of reach for all, at each point of a turn.
# shellcheck source=t/chaos/points.sh
. "$(dirname "$0")/chaos/points.sh" || exit 1
points_start

both_lost() {
    has_status web1 '.connected | not' && has_status web2 '.connected | not'
}

for point in idle queued planning planned applying; do
    reach $point "away $point"
    fault '*' refuse
    wait_for "away $point: both are disconnected" both_lost
    leave $point
    if [ $point = applying ]; then
        wait_for "away $point: the change is finished nevertheless" \
            thing_is web1 alpha "away $point"
        check "away $point: the marker stands" key_exists applying/web1
    fi
    [ $point != idle ] || publish "away $point"
    fault '*' pass
    all_arrives "away $point"
done
check_is "away applying: that turn has ended well" "web1:done" \
    "$(turns "$before" | tr ' ' '\n' | grep web1)"

# The request, or its answer, is what is lost.
for trap in drop lose crop stall; do
    for point in beginning ending; do
        reach $point "$trap $point" $trap
        fault web1 refuse
        wait_for "$trap $point: web1 is disconnected" \
            has_status web1 '.connected | not'
        fault web1 pass
        all_arrives "$trap $point"
        check_is "$trap $point: one turn, and it has ended well" "web1:done" \
            "$(turns "$before" | tr ' ' '\n' | grep web1)"
    done
done

# While it is away nobody runs hot: what the kernel has counted.
fault '*' refuse
wait_for "all is away again" both_lost
spent() {
    awk '{ print $14 + $15 }' "/proc/${node_pid[web1]}/stat"
}
seconds_pass() {
    [ "$(date +%s)" -ge "$1" ]
}
first=$(spent)
wait_until seconds_pass $(($(date +%s) + 5))
second=$(spent)
check "away for 5 s costs little ($((second - first)) ticks of 10 ms)" \
    test $((second - first)) -le 25
fault '*' pass
publish last
all_arrives "back"
check_history
done_testing
