#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The kernel itself, short of memory, kills the runner or a planner.
# shellcheck source=t/chaos/points.sh
. "$(dirname "$0")/chaos/points.sh" || exit 1

# A memory group of this test's own, of either version.
limit=$((192 * 1024 * 1024))
group_make() {
    group=/sys/fs/cgroup/memory/ccm-test-$$
    if mkdir "$group" 2>/dev/null; then
        echo $limit >"$group/memory.limit_in_bytes"
        return
    fi
    group=/sys/fs/cgroup/ccm-test-$$
    mkdir "$group" 2>/dev/null || return 1
    if ! { echo $limit >"$group/memory.max"; } 2>/dev/null; then
        rmdir "$group"
        return 1
    fi
    echo 0 >"$group/memory.swap.max"
} 2>/dev/null
group_make || skip_all "needs the right to limit the memory of a group"
group_end() {
    local pids
    mapfile -t pids <"$group/cgroup.procs"
    [ ${#pids[@]} -eq 0 ] || kill -KILL "${pids[@]}"
    wait_until rmdir "$group"
} 2>/dev/null
trap 'status=$?; group_end; (exit $status); cleanup' EXIT

points_start
echo "${node_pid[web1]}" >"$group/cgroup.procs" || bail "web1 is in no group"

# Memory runs out in the group; the kernel takes the one that is pointed at.
out_of_memory() {
    local pid=$1
    echo "$pid" >"$group/cgroup.procs"
    echo 1000 >"/proc/$pid/oom_score_adj"
    (
        echo "$BASHPID" >"$group/cgroup.procs"
        # Two who ask for too much, so that neither has more than the victim.
        exec python3 -c 'import os
os.fork()
bytearray(256 << 20)'
    ) >/dev/null 2>&1 || true
    wait_until is_gone "$pid"
}
is_gone() {
    ! kill -0 "$1" 2>/dev/null
}
runner_of_web1() {
    pgrep -x -P "${node_pid[web1]}" ccm-runner | head -n 1
}
has_planner() {
    local zygote
    zygote=$(pgrep -P "$(runner_of_web1)" | head -n 1) && pgrep -P "$zygote"
}

for what in runner planner; do
    reach planning "the $what is killed"
    wait_for "the $what plans" has_planner
    victim=$(runner_of_web1)
    [ $what = runner ] || victim=$(has_planner | head -n 1)
    out_of_memory "$victim"
    check "the $what is dead" is_gone "$victim"
    wait_for "without the $what it is tried again" \
        log_says_since web1 'trying again'
    leave planning
    all_arrives "the $what is killed"
    no_flag_since "the $what is killed"
done

reach planned "killed as it waits"
out_of_memory "$(runner_of_web1)"
wait_for "killed as it waits: it is tried again" \
    log_says_since web1 'trying again'
leave planned
all_arrives "killed as it waits"
no_flag_since "killed as it waits"

reach applying "killed in mid-turn"
out_of_memory "$(runner_of_web1)"
wait_for "killed in mid-turn: the flag is raised" \
    flag_is web2 '.kind == "failed" and .node == "web1"'
check "killed in mid-turn: all is put back" \
    thing_is web1 alpha "killed as it waits"
gate_open web1
publish "repaired"
all_arrives "a newer event"
check "the daemon lives" node_lives web1
check_history
done_testing
