#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Clocks that jump: the wall clock by days and years while a daemon runs, and
# the others from one start to the next (while it runs they cannot; that it
# stood still meanwhile is t0440's sleep).
# shellcheck source=t/chaos/points.sh
. "$(dirname "$0")/chaos/points.sh" || exit 1
points_start

# clock_set SECONDS: what web1's wall clock is ahead, or behind.
clock_set() {
    printf '%-31s\n' "$1" | dd of="$scratch/clock" conv=notrunc 2>/dev/null
}
clock_set 0
node_stop web1
node_env=("LD_PRELOAD=$builddir/t/chaos/clock.so"
    "CCM_TEST_CLOCK=$scratch/clock"
    "ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0")
node_start web1
node_env=()
publish "right"
all_arrives "its clock is right"

day=86400
year=$((365 * day))
lease=$(lease_of web1)
# jump SECONDS WHAT POINT
jump() {
    reach "$3" "$2"
    clock_set "$1"
    leave "$3"
    [ "$3" != idle ] || publish "$2"
    all_arrives "$2"
    check_is "$2: one turn of web1, and it has ended well" "web1:done" \
        "$(turns "$before" | tr ' ' '\n' | grep web1)"
    no_flag_since "$2"
}
year_of_web1() {
    ctl web1 nodes --json |
        jq -r '.nodes[] | select(.node == "web1").applied.at[:4]'
}
this_year=$(date -u +%Y)
jump $((30 * day)) "a month ahead, idle" idle
jump $((-300 * day)) "behind, queued" queued
jump $((10 * year)) "ten years ahead, applying" applying
check "its clock is ahead indeed" test "$(year_of_web1)" -gt "$this_year"
jump $((-20 * year)) "twenty years behind, planned" planned
check "its clock is behind indeed" test "$(year_of_web1)" -lt "$this_year"
jump $((2 * day)) "ahead, planning" planning
jump 0 "right again, applying" applying
check_is "all the time it has had one lease" "$lease" "$(lease_of web1)"
runs_in_order() {
    ctl web1 history --json | jq -r '[.records[].turn] | reverse | .[]'
}
begun_in_order() {
    history_of events | awk '$2 == "applying/web1" && $3 != "-" { print $3 }' |
        jq -r .turn
}
# The one run that was years ahead found two too old.
check_is "its history has its turns in order" \
    "$(begun_in_order | tail -n +3)" "$(runs_in_order | tail -n 7)"

# Settling ends by its own clock: neither at once nor never.
reach settling "settling"
clock_set $((-5 * day))
check "settling is not cut short by a jump" web1_is settling
clock_set $((5 * day))
check "nor by one the other way" web1_is settling
all_arrives "it ends"
no_flag_since "it ends"

# Boot time and monotonic time start again at each boot. In a time namespace
# they can be anything.
unshare -T true 2>/dev/null || skip_rest "needs the right to unshare"
uptime=$(cut -d. -f1 /proc/uptime)
for offset in 400000000 $((5 - uptime)); do
    what="uptime by $offset s"
    reach planned "$what"
    node_stop web1 KILL
    node_env=(unshare -T --boottime "$offset" --monotonic "$offset")
    node_start web1
    node_env=()
    leave planned
    all_arrives "$what"
    no_flag_since "$what"
    publish "$what, and more"
    all_arrives "$what, and more"
done
check_history
done_testing
