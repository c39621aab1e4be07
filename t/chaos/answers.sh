# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A request on its way from web1 is lost (drop), or it is carried out and its
# answer is lost: the connection breaks (lose), breaks in the middle of it
# (crop), or nothing ever comes (stall). Sourced by t0413 and t0414.

# shellcheck source=t/chaos/points.sh
. "${BASH_SOURCE[0]%/*}/points.sh"

# lost TRAP PATTERN WHAT COMMAND...: that request of web1 is lost, which the
# command brings about.
lost() {
    local trap=$1 pattern=$2 what=$3
    shift 3
    before=$(revision_now)
    log_mark
    forget_met
    fault web1 "$trap" "$pattern"
    "$@"
    wait_for "$what: it is lost ($trap)" fault_met web1 "$trap"
}

# one_turn WHAT [OUTCOME]: of web1 since the fault.
one_turn() {
    check_is "$1: one turn of web1" "web1:${2:-done}" \
        "$(turns "$before" | tr ' ' '\n' | grep web1)"
}

no_turn_at_all() {
    check_is "$1: no turn" "" "$(turns "$before")"
}
