#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# All of etcd dies and comes back much later, in the middle of a turn.
# shellcheck source=t/chaos/outage.sh
. "$(dirname "$0")/chaos/outage.sh" || exit 1
points_start

for point in beginning applying ending; do
    outage $point
done
no_flag_since "away ending"

# SIGTERM meanwhile: the turn is ended first, however long that takes.
reach applying "stopped"
etcd_dies "stopped"
kill -TERM "${node_pid[web1]}"
gate_open web1
wait_for "stopped: the change is finished" thing_is web1 alpha "stopped"
wait_for "stopped: its presence is lost" presence_is_lost web1
check "stopped: it lives, for its turn has not ended" node_lives web1
etcd_returns
end_of "${node_pid[web1]}"
check_is "stopped: then it ends" 0 "$ended"
check_is "stopped: after its turn" "web1:done" \
    "$(turns "$before" | tr ' ' '\n' | grep web1)"
node_start web1
all_arrives "stopped"

# Killed meanwhile, and started while there still is no etcd.
reach applying "killed"
etcd_dies "killed"
node_stop web1 KILL
gate_open web1
node_start web1
wait_for "killed: the files are put back without etcd" \
    thing_is web1 alpha "stopped"
check "killed: and nothing else is done" \
    has_status web1 '.connected == false and .state == "starting"'
etcd_returns
all_arrives "killed"
check_says "killed: that turn has failed" '^web1:failed' \
    "$(turns "$before" | tr ' ' '\n' | grep web1)"
check_history
done_testing
