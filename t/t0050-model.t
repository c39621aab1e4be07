#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
#
# The model of the roll-out protocol (t/model/): no order of steps and faults
# breaks I1, I2 or I3, and the model can fail: each way to break the protocol
# is found. CCM_MODEL=large explores more, in minutes and gigabytes.
set -u

srcdir=${srcdir:-$(cd "$(dirname "$0")/.." && pwd)}
model=$(realpath "$srcdir")/t/model/rollout.pml
if ! command -v spin >/dev/null; then
    echo "1..1"
    echo "ok 1 - the model # SKIP spin is not installed"
    exit 0
fi
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

count=0 failed=0
report() { # report STATUS SENTENCE
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $count - $2"
    else
        failed=1
        sed 's/^/# /' out
        echo "not ok $count - $2"
    fi
}

# explore LEVEL MEGABYTES SWITCH...: leaves what pan says in out.
explore() {
    local level=$1 limit=$2 how=(-DSAFETY) run=()
    shift 2
    case " $* " in *" -DLIVE "*) how=(-DNFAIR=3) run=(-a -f) ;; esac
    rm -f pan* ./*.trail
    spin -a "$@" "$model" >out 2>&1 &&
        cc "$level" -w "${how[@]}" -DNOREDUCE -DMEMLIM="$limit" \
            pan.c -o pan >>out 2>&1 &&
        ./pan -m100000 -w22 "${run[@]}" >out 2>&1
}

# All of it was searched, every step is taken somewhere, nothing was found.
holds() { # holds SENTENCE MEGABYTES SWITCH...
    local sentence=$1
    shift
    explore -O2 "$@" && grep -q 'errors: 0$' out &&
        ! grep -qE 'max search depth too small|not completed|aborted' out &&
        ! grep -E '^.*rollout\.pml:[0-9]+, state' out | grep -qv '"-end-"'
    report $? "$sentence"
}

# The violation is found, and it is the one that is expected.
finds() { # finds SENTENCE PATTERN SWITCH...
    local sentence=$1 pattern=$2
    shift 2
    explore -O0 2000 "$@" && grep -qE "^pan:1: $pattern" out
    report $? "$sentence"
}

i1='assertion violated  !\(i1_broken\)'
i2='assertion violated  !\(i2_broken\)'
i3='assertion violated  !\(i3_broken\)'
cycle='acceptance cycle'

holds "3 nodes, any 3 incidents: I1, I2 and I3 hold" 2000
holds "2 nodes, any 6 incidents: I1, I2 and I3 hold" 2000 -DN=2 -DINCIDENTS=6
holds "2 nodes, any 3 incidents, events without end: I3 holds" 2000 \
    -DN=2 -DLIVE
if [ "${CCM_MODEL:-}" = large ]; then
    holds "3 nodes, any 5 incidents: I1, I2 and I3 hold" 16000 -DINCIDENTS=5
    holds "4 nodes, any 3 incidents: I1, I2 and I3 hold" 16000 -DN=4
    holds "3 nodes, any 2 incidents, events without end: I3 holds" 16000 \
        -DINCIDENTS=2 -DLIVE
fi

finds "without the marker two nodes change at once" "$i1" -DNO_MARKER
finds "with a leased marker two nodes change at once" "$i1" -DLEASED_MARKER
finds "with a leased marker a crash lets the next node begin" "$i2" \
    -DLEASED_MARKER -DLAPSES=0
finds "a begin that does not compare the flag passes a failure" "$i2" \
    -DNO_FLAG_GUARD
finds "a recovery that does not take its marker over is not alone" "$i1" \
    -DNO_TAKE_OVER
finds "an operator who clears a silent node lets two change at once" "$i1" \
    -DBLIND_CLEAR
finds "a failed plan's flag beside a marker hides the node in doubt" "$i3" \
    -DLAX_REFUSE
finds "a node that overlooks its own marker hangs" "$i3" -DNO_STRAY
finds "a node that overlooks its own marker hangs, events or not" "$cycle" \
    -DN=2 -DNO_STRAY -DLIVE
finds "a node that forgets what it was held from loses an event" "$i3" \
    -DFORGET

echo "1..$count"
exit $failed
