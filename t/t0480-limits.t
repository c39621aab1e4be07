#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# More below events/ than there should be: ccmd goes on, says what is wrong,
# and stays as small as LIMITS in ccmd(8) says.
# shellcheck source=t/e2e/flood.sh
. "$(dirname "$0")/e2e/flood.sh" || exit 1

caught_up() {
    has_status web1 ".connected and .revision >= $1"
}

# ---------------------------------------------------------------- events/
revision=$(flood put $prefix/events/flood- 100000 50)
wait_for "100,000 names below events/ are heard" caught_up "$revision"
works "flooded"
stays_small "flooded"
check "ccmctl nodes answers" converged web1

flood delete $prefix/events/flood- >/dev/null
revision=$(flood put $prefix/events/other- 10000 50)
wait_for "10,000 other names are heard" caught_up "$revision"
stays_small "names that come and go"

node_stop web1
node_start web1
first=$(memory_of web1 VmRSS)
wait_for "a start among 10,000 names" is_settled web1
works "started among them"
stays_small "started among them"

flood put $prefix/events/large- 10 1000000 >/dev/null
works "values of a megabyte"
stays_small "values of a megabyte"
flood delete $prefix/events/large- >/dev/null

flood long $prefix/events/ 14 1000000 >/dev/null
node_stop web1
node_start web1
wait_for "names of a megabyte: web1 is connected" \
    has_status web1 '.connected'
check "names of a megabyte: that is in the log" \
    log_says web1 'events/ cannot be read: .*a reply of more than'
works "names of a megabyte"
flood delete $prefix/events/ >/dev/null

done_testing
