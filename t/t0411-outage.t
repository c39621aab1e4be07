#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# All of etcd dies and comes back much later, before a turn begins.
# shellcheck source=t/chaos/outage.sh
. "$(dirname "$0")/chaos/outage.sh" || exit 1
points_start

for point in idle queued planning planned settling; do
    outage $point
    no_flag_since "away $point"
done
check_history
done_testing
