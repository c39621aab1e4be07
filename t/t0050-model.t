#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
#
# The model of the roll-out protocol (t/model/): no order of steps and faults
# breaks I1, I2 or I3. CCM_MODEL=large explores more, in minutes and gigabytes.

# shellcheck source=t/model/lib.sh
. "$(dirname "$0")/model/lib.sh"

holds "3 nodes, any 3 incidents: I1, I2 and I3 hold" 2000
holds "2 nodes, any 5 incidents: I1, I2 and I3 hold" 2000 -DN=2 -DINCIDENTS=5
holds "2 nodes, any 3 incidents, events without end: I3 holds" 2000 \
    -DN=2 -DLIVE
if [ "${CCM_MODEL:-}" = large ]; then
    holds "3 nodes, any 5 incidents: I1, I2 and I3 hold" 16000 -DINCIDENTS=5
    holds "4 nodes, any 2 incidents: I1, I2 and I3 hold" 16000 \
        -DN=4 -DINCIDENTS=2
    holds "3 nodes, any 2 incidents, events without end: I3 holds" 16000 \
        -DINCIDENTS=2 -DLIVE
fi

finish
