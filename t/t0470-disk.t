#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# No room left for the journal, or for the files.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

mounted=()
mount_small() {
    mount -t tmpfs -o "size=$2,mode=755" ccm-test "$1" 2>/dev/null &&
        mounted+=("$1")
}
unmount_all() {
    local folder
    for folder in "${mounted[@]}"; do
        umount -l "$folder"
    done
}
mkdir "$scratch/try"
mount_small "$scratch/try" 64k || skip_all "needs the right to mount a tmpfs"
trap 'unmount_all; cleanup' EXIT

etcd_start
for node in web1 web2; do
    node_make "$node"
    node_things "$node"
done
mount_small "$scratch/web1/state" 256k || bail "cannot mount"
mount_small "$scratch/web1/root" 1m || bail "cannot mount"
mkdir "$scratch/web1/root/etc"
node_start web1 web2
wait_for "two nodes start" all_settled web1 web2
thing_put web2 1 alpha one
wait_for "a thing is everywhere" all_have_thing alpha one web1 web2
wait_for "the cluster converges" converged web2

fill() {
    dd if=/dev/zero of="$scratch/web1/$1/filler" bs=4k 2>/dev/null
    # Block by block it is filled to the last byte.
    dd if=/dev/zero of="$scratch/web1/$1/filler2" bs=1 count=4096 2>/dev/null
    true
}
long=$(printf 'x%.0s' {1..20000})
for where in state root; do
    fill $where
    thing_put web2 1 alpha "$long $where"
    wait_for "$where is full: the flag is raised" \
        flag_is web2 '.kind == "failed" and .node == "web1"'
    check_says "$where is full: it says so" 'No space left|ENOSPC|full' \
        "$(ctl web2 flag show)"
    check_says "$where is full: the advice is to repair the machine" \
        'to lift it: repair that on web1' "$(ctl web2 flag show)"
    check_status "$where is full: nothing is half done" 0 test \
        "$(wc -l <"$scratch/web1/root/etc/things/alpha")" -eq 1
    check "$where is full: the daemon lives" node_lives web1
    rm "$scratch/web1/$where"/filler*
    thing_put web2 1 alpha "again $where"
    wait_for "$where has room again: it is everywhere" \
        all_have_thing alpha "again $where" web1 web2
    wait_for "$where has room again: all is well" converged web2
    check "$where has room again: the flag is lifted" no_flag web2
done
check_is "no temporary file is left" "alpha" \
    "$(ls -A "$scratch/web1/root/etc/things")"
check_history
done_testing
