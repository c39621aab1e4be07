#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# t/run counts what is skipped, and lists the reasons.
# shellcheck source=t/e2e/tap.sh
. "${srcdir:-.}/t/e2e/tap.sh"

# a_test NAME LINE...
a_test() {
    printf '#!/bin/sh\n' >"$scratch/$1.t"
    printf 'echo "%s"\n' "${@:2}" >>"$scratch/$1.t"
    chmod 755 "$scratch/$1.t"
}
a_test good 'ok 1 - one' 'ok 2 - two' '1..2'
a_test partly 'ok 1 - one' 'ok 2 - two # SKIP needs root' \
    'ok 3 - three # SKIP needs root' 'ok 4 - four # SKIP'
a_test none '1..0 # SKIP etcd is missing'
a_test bad 'ok 1 - one' 'not ok 2 - two'
count() {
    env builddir="$scratch" srcdir="$scratch" "$srcdir/t/run" "$@"
}
check_status "a run without a failure ends with 0" 0 count good.t partly.t \
    none.t
check_is "the last line counts what was skipped" \
    "3 passed, 0 failed, 4 skipped" "${output##*$'\n'}"
check_says "a test shows how many of its checks were" \
    '^ok   partly.t \(1, 3 skipped\)' "$output"
check_says "each reason is listed, once with its number" \
    '^skipped: 2 in partly.t: needs root' "$output"
check_says "a check without a reason is named" \
    '^skipped: 1 in partly.t: four' "$output"
check_says "so is a test that was skipped as a whole" \
    '^skipped: 1 in none.t: etcd is missing' "$output"
check_status "a failure ends with 1" 1 count good.t bad.t
check_is "and is counted" "3 passed, 1 failed, 0 skipped" \
    "${output##*$'\n'}"
done_testing
