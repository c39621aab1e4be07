#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# kill -9 and SIGTERM of ccmd at each point of its turn (in mid-change: t0130).
# shellcheck source=t/chaos/points.sh
. "$(dirname "$0")/chaos/points.sh" || exit 1
points_start

for point in idle settling queued planning planned; do
    reach $point "killed $point"
    node_stop web1 KILL
    leave $point
    node_start web1
    all_arrives "killed $point"
    no_flag_since "killed $point"
done

reach beginning "killed beginning"
node_stop web1 KILL
check "killed beginning: the marker is left behind" key_exists applying/web1
publish "killed beginning, and more"
wait_for "killed beginning: the other finds it in doubt" \
    flag_is web2 '.kind == "in-doubt" and .node == "web1"'
node_start web1
all_arrives "killed beginning"
check_says "killed beginning: that turn has failed" '^web1:failed' \
    "$(turns "$before" | tr ' ' '\n' | grep web1)"

reach ending "killed ending"
node_stop web1 KILL
check_status "killed ending: the marker is gone" 1 key_exists applying/web1
node_start web1
all_arrives "killed ending"
no_flag_since "killed ending"
check_is "killed ending: the turn counts, and only once" 1 \
    "$(turns_of web1 "$before")"

for point in idle settling queued planning planned beginning ending; do
    reach $point "stopped $point"
    node_stop web1
    check_is "stopped $point: it ends well" 0 "$ended"
    check_status "stopped $point: no presence is left" 1 key_exists alive/web1
    check_status "stopped $point: no marker is left" 1 key_exists applying/web1
    check "stopped $point: no place is left" no_place_of web1
    leave $point
    node_start web1
    all_arrives "stopped $point"
    no_flag_since "stopped $point"
done
check_history
done_testing
