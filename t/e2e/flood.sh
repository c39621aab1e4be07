# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A node, web1, that gets more from outside than it should. Sourced.

# shellcheck source=t/e2e/lib.sh
. "${BASH_SOURCE[0]%/*}/lib.sh"

# Recording 200,000 events would take longer than all else.
record_start() {
    :
}

flood() {
    "$srcdir/t/e2e/flood.py" "$etcd_url" "$@"
}

# memory NAME FIELD: of /proc/PID/status, in KiB.
memory_of() {
    sed -n "s/^$2:[[:space:]]*\([0-9]*\) kB/\1/p" \
        "/proc/${node_pid[$1]}/status"
}

# Where a sanitizer keeps what was freed, memory says nothing.
grep -q __asan_init "$builddir/ccmd" && memory_says_nothing=1

# stays_small SENTENCE: web1 has no more memory than LIMITS says.
stays_small() {
    [ -z "${memory_says_nothing-}" ] || return 0
    wait_for "$1: memory is back to at most $kept KiB more" is_small
    check "$1: and was never more than $most KiB more" \
        [ "$(memory_of web1 VmHWM)" -le $((first + most)) ]
    echo "# from $first KiB to $(memory_of web1 VmRSS) KiB, by way of" \
        "$(memory_of web1 VmHWM) KiB"
}

is_small() {
    [ "$(memory_of web1 VmRSS)" -le $((first + kept)) ]
}

# What LIMITS in ccmd(8) promises, in KiB.
kept=4096 most=131072

works() {
    thing_put web1 1 alpha "$1"
    wait_for "$1: a change arrives" thing_is web1 alpha "$1"
    wait_for "$1: web1 is settled" is_settled web1
}

etcd_start
# Requests have a third of the lease's time, and some are slow here.
node_make web1 'rollout={ ttl = 15; run_timeout = 120; }'
node_things web1
node_start web1
works "at first"
first=$(memory_of web1 VmRSS)
