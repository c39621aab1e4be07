#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
#
# The model of the roll-out protocol can fail: each way to break the protocol
# is found, and breaks what is expected.

# shellcheck source=t/model/lib.sh
. "$(dirname "$0")/model/lib.sh"

i1='assertion violated  !\(i1_broken\)'
i2='assertion violated  !\(i2_broken\)'
i3='assertion violated  !\(i3_broken\)'
cycle='acceptance cycle'

finds "without the marker two nodes change at once" "$i1" -DNO_MARKER
finds "with a leased marker two nodes change at once" "$i1" -DLEASED_MARKER
finds "with a leased marker a crash lets the next node begin" "$i2" \
    -DLEASED_MARKER -DLAPSES=0
finds "a begin that does not compare the flag passes a failure" "$i2" \
    -DNO_FLAG_GUARD
finds "an end sent before the files are at rest lets two change at once" \
    "$i1" -DHASTY_END
finds "a node that was declared dead and flags covers another's failure" \
    "$i2" -DN=2 -DINCIDENTS=4 -DLATE_TELL
finds "an operator who clears a silent node lets two change at once" "$i1" \
    -DBLIND_CLEAR
finds "a failed plan's flag beside a marker hides the node in doubt" "$i3" \
    -DLAX_REFUSE
finds "a node that overlooks its own marker hangs" "$i3" -DNO_STRAY
finds "a node that overlooks its own marker hangs, events or not" "$cycle" \
    -DN=2 -DNO_STRAY -DLIVE
finds "a node that forgets what it was held from loses an event" "$i3" \
    -DFORGET

finish
