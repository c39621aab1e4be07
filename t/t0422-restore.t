#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# An etcd that was restored from a backup, or emptied: its revisions go back,
# and what it says is not what it has said before.
# shellcheck source=t/chaos/points.sh
. "$(dirname "$0")/chaos/points.sh" || exit 1
points_start

backup() {
    rm -f "$scratch/backup"
    etcdctl snapshot save "$scratch/backup" >/dev/null 2>&1 ||
        bail "no backup"
    saved=$content
}

# What a restore takes back: many revisions, and a change that all have made.
advance() {
    for _ in {1..40}; do
        etcdctl put "$prefix/elsewhere" x >/dev/null
    done
    publish "$1, undone"
    all_arrives "$1, before"
}

empty() {
    etcd_stop
    rm -rf "$memory/etcd"
}

restore() {
    local peer=http://127.0.0.1:$((etcd_port - 10000))
    empty
    etcdctl snapshot restore "$scratch/backup" --data-dir "$memory/etcd" \
        --name t --initial-cluster "t=$peer" \
        --initial-advertise-peer-urls "$peer" >/dev/null 2>&1 ||
        bail "cannot restore"
    etcd_start
    record_again
    content=$saved
}

# What had come after the backup is undone, and what comes now is done.
goes_on() {
    wait_for "$1: web1 has noticed" log_says_since web1 'store has gone back'
    all_arrives "$1"
    publish "$1, and more"
    all_arrives "$1, and then"
}

for point in idle settling queued planned applying; do
    what="restored $point"
    backup
    advance "$what"
    reach $point "$what"
    restore
    leave $point
    goes_on "$what"
done

# The store has passed its old revisions when they reach it again, and what
# was published meanwhile is older than what they knew.
backup
advance "restored and gone on"
fault web1 refuse
fault web2 refuse
log_mark
restore
publish "restored and gone on"
for _ in {1..100}; do
    etcdctl put "$prefix/elsewhere" x >/dev/null
done
fault web1 pass
fault web2 pass
goes_on "restored and gone on"

# A backup from the middle of a turn: its marker and its place in the queue.
reach applying "a turn in the backup"
backup
leave applying
advance "a turn in the backup"
restore
goes_on "a turn in the backup, restored"

# The same with a node behind it, which comes back when the flag of that turn is
# up already: it must not keep the place that it does not know of.
gate_forget
gate_shut
publish "two in the queue"
wait_until gate_reached || bail "nobody is in its turn"
first=$at_gate
second=web1
[ "$first" = web2 ] || second=web2
second_waits() {
    [ "$(etcdctl get --prefix --keys-only "$prefix/lock/" | grep -c lock)" = 2 ]
}
wait_for "another node waits behind it" second_waits
backup
gate_open
advance "two in the queue"
fault "$second" refuse
restore
wait_for "two in the queue: the turn in the backup is ended as failed" \
    key_exists flag
fault "$second" pass
all_arrives "two in the queue"

# A hold that was lifted since, and one that was set since.
check "an operator sets a hold" ctl web2 flag set maintenance
backup
check "and lifts it" ctl web2 flag clear
advance "lifted"
restore
wait_for "a hold in the backup holds again" has_status web1 '.state == "held"'
wait_for "everybody" has_status web2 '.state == "held"'
check "until an operator lifts it" ctl web2 flag clear
goes_on "a hold in the backup"
backup
advance "a hold set since"
check "an operator sets a hold again" ctl web2 flag set maintenance
wait_for "web1 has heard of it" has_status web1 '.state == "held"'
restore
goes_on "a hold that is not in the backup"

# Nothing is left but what the nodes know.
advance "emptied"
log_mark
empty
etcd_start
record_again
publish "emptied"
goes_on "emptied"
# A lost lease means a new session first: a place is not asked for again and
# again with a lease that is gone.
for node in web1 web2; do
    joins=$(log_says_since "$node" 'joining again' | wc -l)
    check "emptied: $node has not asked in a loop ($joins)" test "$joins" -le 5
done
done_testing
