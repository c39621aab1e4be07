# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What t/t0050-model.t and t/t0051-model-broken.t share: spin, in a scratch
# directory, and TAP.
set -u

model=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/rollout.pml
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
    case " $* " in *" -DLIVE "*) how=(-DNFAIR=4) run=(-a -f) ;; esac
    rm -f pan* ./*.trail
    spin -a "$@" "$model" >out 2>&1 &&
        cc "$level" -w "${how[@]}" -DNOREDUCE -DMEMLIM="$limit" \
            pan.c -o pan >>out 2>&1 &&
        ./pan -m100000 -w22 "${run[@]}" >out 2>&1
}

# All of it was searched and nothing was found. (That the steps are taken at
# all is what finds shows: pan's list of unreached states is no use here, it
# takes all that is within a d_step for reached.)
holds() { # holds SENTENCE MEGABYTES SWITCH...
    local sentence=$1
    shift
    explore -O2 "$@" && grep -q 'errors: 0$' out &&
        ! grep -qE 'max search depth too small|not completed|aborted' out
    report $? "$sentence"
}

# The violation is found, and it is the one that is expected.
finds() { # finds SENTENCE PATTERN SWITCH...
    local sentence=$1 pattern=$2
    shift 2
    explore -O0 2000 "$@" && grep -qE "^pan:1: $pattern" out
    report $? "$sentence"
}

finish() {
    echo "1..$count"
    exit $failed
}
