#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Disks that take seconds for what takes a moment: etcd's, and a node's own.
# shellcheck source=t/chaos/points.sh
. "$(dirname "$0")/chaos/points.sh" || exit 1

strace -qq -o /dev/null -e trace=none true 2>/dev/null ||
    skip_all "strace may not trace here"
# Leaks cannot be looked for in what is traced already.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0
point_ttl=9
points_start

# slow PID CALLS MILLISECONDS: each of these calls takes that much longer, also
# in the children that it has or will have.
slow() {
    local pid traced=()
    for pid in "$1" $(pgrep -P "$1"); do
        traced+=(-p "$pid")
    done
    : >"$scratch/slow.log"
    launch TERM "$scratch/slow.err" strace -f -qq -o "$scratch/slow.log" \
        -e "trace=$2" -e "inject=$2:delay_enter=${3}000" "${traced[@]}"
    slowing=$launched
    wait_until is_traced "$1" || bail "strace does not attach"
}
is_traced() {
    grep -q '^TracerPid:[[:space:]]*[1-9]' "/proc/$1/status"
}
slow_end() {
    kill -TERM "$slowing"
    end_of "$slowing"
}
was_slow() {
    grep -q DELAYED "$scratch/slow.log"
}
no_new_flag() {
    check_is "$1: no flag was raised" "" "$(flags_since)"
}

leases=$(lease_of web1)/$(lease_of web2)
before=$(revision_now)
slow "$etcd_pid" fdatasync 300
publish "etcd is slow"
all_arrives "etcd is slow"
check "etcd's disk was slow indeed" was_slow
slow_end
check_is "a turn each, and they have ended well" "web1:done web2:done" \
    "$(turns "$before" | tr ' ' '\n' | sort | tr '\n' ' ' | sed 's/ $//')"
no_new_flag "etcd is slow"
check_is "nobody has lost its lease" "$leases" \
    "$(lease_of web1)/$(lease_of web2)"

# For longer than a request may take: the end of the turn is carried out, and
# the answer comes too late.
reach applying "etcd is stuck"
slow "$etcd_pid" fdatasync 4000
gate_open web1
wait_for "etcd is stuck" log_says_since web1 'timed out'
slow_end
all_arrives "etcd is stuck"
check_is "one turn of web1, and it has ended well" "web1:done" \
    "$(turns "$before" | tr ' ' '\n' | grep web1)"

# The node's own: the runner waits for its disk for longer than the lease.
node_stop web1
point_ttl=$((2 * slowness))
point_node web1 "settle={ quiet = 0.1; max = 5; }" 2
node_start web1
wait_for "web1 has a short lease" all_settled web1 web2
lease=$(lease_of web1)
node_stop web2
before=$(revision_now)
slow "${node_pid[web1]}" syncfs,fsync,fdatasync 3000
publish "web1 is slow"
wait_for "it is in its turn" key_exists applying/web1
check "an operator sees it at work" has_status web1 '.state == "applying"'
node_start web2
wait_for "its disk was slow indeed" was_slow
all_arrives "web1 is slow"
slow_end
check_is "its turn has ended well" "web1:done" \
    "$(turns "$before" | tr ' ' '\n' | grep web1)"
no_new_flag "web1 is slow"
check_is "it has kept its lease all the time" "$lease" "$(lease_of web1)"
check_history
done_testing
