# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# TAP, deadlines, and a scratch folder that goes with the test; sourced by
# lib.sh and by the demo.

umask 022
# ccmctl that fails in front of a jq that does not mind has failed.
set -o pipefail
export PATH=$PATH:/usr/sbin:/sbin LC_ALL=C.UTF-8
builddir=${builddir:-$PWD}
srcdir=${srcdir:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}

# How many times slower than alone on a machine the programs are: valgrind.
slowness=${CCM_TEST_SLOWNESS:-1}
# The longest that anything is waited for, in seconds. It only shows when
# something is broken, so it is generous.
patience=${CCM_TEST_PATIENCE:-$((60 * slowness))}

tap_count=0 tap_failed=0

# What is run under our hands, to be ended with the test: pid -> signal.
declare -A children=()

scratch=$(mktemp -d "${TMPDIR:-/tmp}/ccm-test.XXXXXX") || exit 1
# Planners are unprivileged and must reach what lies below.
chmod 755 "$scratch"
# etcd makes each write durable; in memory that costs nothing.
memory=$(mktemp -d /dev/shm/ccm-test.XXXXXX 2>/dev/null) || memory=$scratch
if [ "$(df -k --output=avail "$memory" | tail -n 1)" -lt 600000 ]; then
    rmdir "$memory" 2>/dev/null
    memory=$scratch
fi

cleanup() {
    local status=$? pid
    trap - EXIT INT TERM HUP
    # With its etcd gone, too, a node in mid-turn does not end by itself.
    patience=10
    for pid in "${!children[@]}"; do
        kill "-${children[$pid]}" "$pid" 2>/dev/null
    done
    for pid in "${!children[@]}"; do
        end_of "$pid"
    done
    if [ -n "${CCM_TEST_KEEP-}" ]; then
        echo "# kept: $scratch" >&2
    else
        rm -rf "$scratch" "$memory"
    fi
    exit $status
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP

# Starts a program that dies with this shell, whatever ends the shell.
# launch SIGNAL LOG COMMAND...; the pid is in $launched.
launch() {
    local signal=$1 log=$2
    shift 2
    setpriv --pdeathsig KILL -- "$@" >>"$log" 2>&1 </dev/null &
    launched=$!
    children[$launched]=$signal
}

# Waits for the end of a child that was told to end; kills it after a while.
# Its exit status is in $ended.
# shellcheck disable=SC2034
end_of() {
    local pid=$1 i
    for ((i = 0; i < patience * 20; i++)); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.05
    done
    ! kill -KILL "$pid" 2>/dev/null || echo "# $pid had to be killed"
    wait "$pid" 2>/dev/null
    ended=$?
    unset "children[$pid]"
    return 0
} 2>/dev/null

# wait_until COMMAND...: true as soon as the command is, false when patience
# is at its end.
wait_until() {
    local deadline=$((SECONDS + patience))
    until CCM_TEST_WAITING=yes "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $deadline ] || return 1
        sleep 0.05
    done
}

ok() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1"
}

# not_ok SENTENCE [DETAILS]
not_ok() {
    tap_count=$((tap_count + 1)) tap_failed=$((tap_failed + 1))
    echo "not ok $tap_count - $1"
    [ -z "${2-}" ] || diagnose <<<"$2"
    if [ $tap_failed -eq 1 ] && declare -F test_details >/dev/null; then
        test_details 2>&1 | diagnose
    fi
}

# The test makes no sense any more.
bail() {
    not_ok "$1"
    echo "Bail out! $1"
    exit 1
}

diagnose() {
    sed 's/^/# /'
}

# check SENTENCE COMMAND...: the command succeeds.
check() {
    local sentence=$1 output status
    shift
    output=$("$@" 2>&1)
    status=$?
    if [ $status -eq 0 ]; then
        ok "$sentence"
    else
        not_ok "$sentence" "status $status: $*
$output"
    fi
}

# wait_for SENTENCE COMMAND...: the command succeeds in the end.
wait_for() {
    local sentence=$1
    shift
    if wait_until "$@"; then
        ok "$sentence"
    else
        not_ok "$sentence" "never true: $*
$("$@" 2>&1)"
    fi
}

# check_status SENTENCE STATUS COMMAND...: ends with that status. What it
# printed stays in $output.
check_status() {
    local sentence=$1 want=$2 status
    shift 2
    output=$("$@" 2>&1)
    status=$?
    if [ $status -eq "$want" ]; then
        ok "$sentence"
    else
        not_ok "$sentence" "status $status, not $want: $*
$output"
    fi
}

# check_is SENTENCE WANT GOT
check_is() {
    if [ "$2" = "$3" ]; then
        ok "$1"
    else
        not_ok "$1" "want: $2
got:  $3"
    fi
}

# check_says SENTENCE PATTERN TEXT: an extended regular expression.
check_says() {
    if grep -qE -- "$2" <<<"$3"; then
        ok "$1"
    else
        not_ok "$1" "no match for: $2
in: $3"
    fi
}

skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}

# skip_rest REASON: what has been tested counts.
skip_rest() {
    ok "the rest # SKIP $1"
    done_testing
}

done_testing() {
    echo "1..$tap_count"
    [ $tap_failed -eq 0 ]
    exit
}
