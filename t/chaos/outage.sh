# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Every member of etcd is dead for longer than any lease lasts, while web1 is
# at a point of its turn. CCM_TEST_OUTAGE makes it that many seconds longer:
# minutes, say. Sourced by t0411 and t0412, which share the points.

# shellcheck source=t/chaos/points.sh
. "${BASH_SOURCE[0]%/*}/points.sh"

outage=${CCM_TEST_OUTAGE:-0}
patience=$((patience + outage))

both_disconnected() {
    has_status web1 '.connected == false' &&
        has_status web2 '.connected == false'
}

presence_is_lost() {
    log_says_since "$1" 'presence lost'
}

seconds_pass() {
    [ "$SECONDS" -ge "$1" ]
}

# The ticks of 10 ms that both daemons have had of a processor.
ticks_spent() {
    cat "/proc/${node_pid[web1]}/stat" "/proc/${node_pid[web2]}/stat" |
        awk '{ ticks += $14 + $15 } END { print ticks }'
}

etcd_dies() {
    etcd_stop
    wait_for "$1: both are disconnected" both_disconnected
}

etcd_returns() {
    etcd_launch "$((etcd_port - 10000))"
    wait_until etcd_answers || bail "etcd does not come back"
    record_again
}

# outage POINT: from there until etcd is back; the gates open meanwhile.
outage() {
    local point=$1 what="away $1" begun ticks
    reach "$point" "$what"
    begun=$SECONDS
    etcd_dies "$what"
    ticks=$(ticks_spent)
    rm -f "$scratch/wait.web1"
    gate_open web1
    if [ "$point" = applying ]; then
        wait_for "$what: the change is finished nevertheless" \
            thing_is web1 alpha "$what"
        check "$what: and it waits until it can report" \
            has_status web1 '.state == "applying"'
    fi
    wait_for "$what: web1 knows that its presence is lost" \
        presence_is_lost web1
    wait_for "$what: web2, too" presence_is_lost web2
    wait_until seconds_pass $((begun + outage))
    ticks=$(($(ticks_spent) - ticks))
    check "$what: waiting costs next to nothing ($ticks ticks)" \
        test $ticks -le $((25 + (SECONDS - begun) * 2))
    etcd_returns
    case $point in
    idle) publish "$what" ;;
    queued | planned) lock_release ;;
    esac
    all_arrives "$what"
    check_is "$what: one turn of web1, and it has ended well" "web1:done" \
        "$(turns "$before" | tr ' ' '\n' | grep web1)"
    fault web1 pass
}
