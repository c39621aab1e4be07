#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The machine itself goes down in the middle of a turn and comes up again: with
# another boot id, an uptime from zero, the same pids, nothing of what lives in
# memory; and both the marker and the journal are found.
# shellcheck source=t/chaos/points.sh
. "$(dirname "$0")/chaos/points.sh" || exit 1

unshare -T -m -p -f true 2>/dev/null || skip_all "needs the right to unshare"
points_start

boots=0
# machine_boots: web1 is a machine of its own: its pids begin at 1, its uptime
# is seconds, and when it is killed all that runs in it is dead at once.
machine_boots() {
    local uptime
    boots=$((boots + 1))
    uptime=$(cut -d. -f1 /proc/uptime)
    printf '00000000-0000-4000-8000-%012d\n' $boots >"$scratch/boot_id"
    node_env=(unshare -T --boottime "$((20 - uptime))"
        --monotonic "$((20 - uptime))" -m -p -f --kill-child --mount-proc
        sh -c 'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"'
        "$scratch/boot_id")
    node_start web1
    children[${node_pid[web1]}]=KILL
    node_env=()
}

power_cut() {
    node_stop web1 KILL
    wait_until nobody_answers web1
    # /run is empty after a boot.
    rm -f "$scratch/web1/ccmd.sock"
}
nobody_answers() {
    ! node_answers "$1"
}

journal_is_there() {
    [ -s "$scratch/web1/state/journal" ]
}
boot_of_web1() {
    etcd_get alive/web1 | jq -r .boot
}

node_stop web1
machine_boots
publish "first boot"
all_arrives "it has booted"
check_says "it knows its boot" '0001$' "$(boot_of_web1)"

# down POINT: the power goes there. Its presence has not lapsed when it is
# back, and another boot proves no death of anybody: it waits for that.
for point in planned beginning applying ending; do
    reach $point "reboot $point"
    [ $point != applying ] ||
        check "reboot applying: there is a journal" journal_is_there
    [ $point = planned ] || [ $point = ending ] ||
        check "reboot $point: there is a marker" key_exists applying/web1
    power_cut
    gate_open web1
    [ $point != applying ] || check "reboot applying: the files are half way" \
        journal_is_there
    machine_boots
    wait_for "reboot $point: it waits for its old presence to lapse" \
        log_says_since web1 'presence from before the reboot'
    leave $point
    if [ $point = applying ]; then
        check_status "reboot applying: the journal is done with" 1 \
            journal_is_there
        check "reboot applying: the run that was cut off is on record" jq -e \
            '[.records[].rolled_back] | any' <<<"$(ctl web1 history --json)"
    fi
    all_arrives "reboot $point"
    case $point in
    beginning | applying) want='^web1:failed' ;;
    *) want='^web1:done' ;;
    esac
    check_says "reboot $point: its turn has ended" "$want" \
        "$(turns "$before" | tr ' ' '\n' | grep web1)"
done

# Everything goes down at once, etcd too, and comes back.
reach applying "all down"
power_cut
node_stop web2 KILL
etcd_stop
gate_open web1
etcd_launch "$((etcd_port - 10000))"
wait_until etcd_answers
record_again
machine_boots
node_start web2
all_arrives "all down"
check_says "all down: its turn has failed, and then one ended well" \
    '^web1:failed web1:done$' \
    "$(turns "$before" | tr ' ' '\n' | grep web1 | tr '\n' ' ' | sed 's/ $//')"

# Declared dead while it was down: a journal, and no marker any more.
reach applying "dead"
power_cut
gate_open web1
publish "dead, and more"
wait_for "dead: the other finds it in doubt" \
    flag_is web2 '.kind == "in-doubt" and .node == "web1"'
wait_for "dead: its presence lapses" no_lease_of web1
check "dead: an operator says so" ctl web2 flag clear web1
wait_for "dead: the other goes on" thing_is web2 alpha "dead, and more"
check "dead: there still is the journal" journal_is_there
machine_boots
all_arrives "dead"
check_status "dead: the journal is done with" 1 journal_is_there
check_history
done_testing
