#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# An etcd whose space is used up answers, but writes nothing any more.
# shellcheck source=t/chaos/points.sh
. "$(dirname "$0")/chaos/points.sh" || exit 1
etcd_options=(--quota-backend-bytes 3000000)
points_start

# What is recorded up to here is all until there is space again.
fill() {
    local chunk
    record_catch_up
    chunk=$(head -c 60000 /dev/urandom | base64 -w0)
    while etcdctl put "/elsewhere/$RANDOM$RANDOM" <<<"$chunk" >/dev/null 2>&1
    do
        :
    done
    etcdctl alarm list | grep -q NOSPACE || bail "etcd is not full"
}
empty() {
    local revision
    etcdctl del --prefix /elsewhere/ >/dev/null
    revision=$(revision_now)
    etcdctl compact "$revision" >/dev/null
    etcdctl defrag >/dev/null 2>&1
    etcdctl alarm disarm >/dev/null
}
says_so() {
    has_status "$1" '.trouble // "" | test("space")' &&
        grep -q 'etcd.*space' "$scratch/$1/log"
}

# With something to do, before it has a place in the queue.
before=$(revision_now)
fill
launch TERM "$scratch/apply" "$builddir/ccmctl" apply --all \
    --socket "$scratch/web1/ccmd.sock"
apply=$launched
wait_for "full: a node that wants to join the queue says why it cannot" \
    says_so web1
check "full: it is not in the queue" has_status web1 \
    '.state == "queued" and (.waiting_for | test("place in the queue"))'
empty
end_of "$apply"
check_is "emptied: what waits goes on" 0 "$ended"
publish "full and emptied"
all_arrives "full and emptied"

# In mid-turn.
reach applying "full in mid-turn"
fill
leave applying
wait_for "full in mid-turn: the change is made" thing_is web1 alpha "$content"
wait_for "full in mid-turn: the node says why its turn does not end" \
    says_so web1
check "full in mid-turn: its marker stands" key_exists applying/web1
empty
all_arrives "full in mid-turn"
no_flag_since "full"
check_history
done_testing
