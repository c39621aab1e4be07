# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Two nodes, of which web1 can be brought to a point of its turn and be held
# there for as long as a test likes; nothing depends on time. Sourced.
#
#   points_start
#   reach applying two          # web1 is there, with "two" for the thing alpha
#   ... whatever is to go wrong ...
#   leave applying
#   all_arrives "afterwards"    # the content is everywhere, no flag, no marker
#
# idle       nothing to do
# settling   an event has come; it lasts for 2 s
# queued     behind another place in the queue; not planned yet
# planning   in the module's plan()
# planned    behind another place in the queue
# beginning  etcd has carried out the begin, the answer never comes
# applying   in the command of the change
# ending     etcd has carried out the end, the answer never comes

# shellcheck source=t/chaos/faults.sh
. "${BASH_SOURCE[0]%/*}/faults.sh"

content=none

point_node() {
    node_make "$1" "store=$(store_by "$1")" "$2" \
        "rollout={ ttl = $point_ttl; plan_ahead = $3; plan_timeout = 300;
                   run_timeout = 300; resync = 0; }"
    node_things "$1" "settings = { command = \"$scratch/gate\";
        wait = \"$scratch/wait.$1\"; };"
}

point_quiet=0.1 point_ttl=$((2 * slowness))

points_start() {
    etcd_start
    gate_make
    links_start web1="127.0.0.1:$etcd_port" web2="127.0.0.1:$etcd_port"
    point_node web1 "settle={ quiet = $point_quiet; max = 5; }" 2
    point_node web2 "settle={ quiet = $point_quiet; max = 5; }" 2
    node_start web1 web2
    wait_for "two nodes start" all_settled web1 web2
    publish none
    all_arrives "a thing"
}

# Behind the nodes' backs, since they may be out of reach.
publish() {
    local object
    content=$1
    object=$(jq -nc --arg content "$1" \
        '{id: 1, name: "alpha", $content}')
    if ! { etcdctl put "$prefix/objects/things/1" "$object" &&
        etcdctl put "$prefix/events/things" ""; } >/dev/null; then
        bail "cannot publish"
    fi
}

# A place in the queue that no lease takes away; t0120 has etcdctl's own.
lock_take() {
    etcdctl put "$prefix/lock/test" "" >/dev/null || bail "no lock"
}

lock_release() {
    etcdctl del "$prefix/lock/test" >/dev/null || bail "the lock stays"
}

# Settling takes long only where a test is about it.
settle_like() {
    local quiet=0.1
    [ "$1" != settling ] || quiet=$((2 * slowness))
    [ "$quiet" != "$point_quiet" ] || return 0
    point_quiet=$quiet
    node_stop web1
    point_node web1 "settle={ quiet = $quiet; max = $((5 * slowness)); }" 2
    node_start web1
    wait_until all_settled web1 web2 || bail "web1 does not settle"
}

no_marker_of_web1() {
    ! key_exists applying/web1
}

web1_is() {
    has_status web1 ".state == \"$1\""
}

# reach POINT CONTENT [TRAP]: TRAP instead of stall at beginning and ending.
reach() {
    local point=$1 trap=${3:-stall}
    settle_like "$point"
    before=$(revision_now)
    log_mark
    gate_forget
    forget_met
    case $point in
    queued | planned) lock_take ;;
    planning) : >"$scratch/wait.web1" ;;
    beginning) fault web1 "$trap" "$(put_of applying/web1)" ;;
    applying) gate_shut web1 ;;
    ending) fault web1 "$trap" "$(delete_of applying/web1)" ;;
    esac
    [ "$point" != queued ] || : >"$scratch/wait.web1"
    [ "$point" = idle ] || publish "$2"
    case $point in
    idle) ok "$point" ;;
    settling) wait_for "$point" web1_is settling ;;
    queued | planned) wait_for "$point" web1_waits "$point" ;;
    beginning | ending)
        wait_for "$point" fault_met web1 "$trap" ;;&
    beginning) [ "$trap" != stall ] || wait_until key_exists applying/web1 ;;
    ending) [ "$trap" != stall ] || wait_until no_marker_of_web1 ;;
    planning) wait_for "$point" web1_is planning ;;
    applying) wait_for "$point" grep -qx web1 "$scratch/gate.log" ;;
    esac
}

web1_waits() {
    ctl web1 queue --json | jq -e '[.entries[].node] | contains(["web1"])' \
        >/dev/null || return 1
    [ "$1" = queued ] || log_says_since web1 'planned at revision'
}

leave() {
    case $1 in
    queued | planned) lock_release ;;
    applying) gate_open web1 ;;
    esac
    rm -f "$scratch/wait.web1"
}

# all_arrives WHEN: in the end all is well.
all_arrives() {
    wait_for "$1: it is everywhere in the end" all_have_thing alpha \
        "$content" web1 web2
    wait_for "$1: and all is well" all_is_well
}

all_is_well() {
    converged web2 && all_settled web1 web2 && no_flag web1 &&
        no_key_below applying/
}

# Puts of the flag since $before.
flags_since() {
    history_of events | awk -v since="$before" \
        '$1 > since && $2 == "flag" && $3 != "-"'
}

no_flag_since() {
    check_is "$1: no flag was raised" "" "$(flags_since)"
}

no_place_of() {
    ctl web2 queue --json |
        jq -e --arg node "$1" 'any(.entries[]; .node == $node) | not' \
            >/dev/null
}
