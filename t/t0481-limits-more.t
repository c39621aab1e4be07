#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# More than there should be in the queue, among the nodes' records, in the flag,
# on the control socket, in the log: ccmd goes on and says what is wrong.
# shellcheck source=t/e2e/flood.sh
. "$(dirname "$0")/e2e/flood.sh" || exit 1

# ------------------------------------------------------- lock/ and nodes/
flood put $prefix/lock/foreign- 5000 10 >/dev/null
thing_put web1 1 alpha "behind 5000"
wait_for "5,000 foreign places: web1 is in the queue" \
    has_status web1 '.state == "queued"'
check "the first 1,000 are shown, and how many are not" jq -e \
    '(.entries | length) == 1000 and .omitted == 4001' \
    <<<"$(ctl web1 queue --json)"
output=$(ctl web1 queue)
check_says "for people, too" '4001 more below lock/ in the store' "$output"
flood delete $prefix/lock/foreign- >/dev/null
wait_for "when they are gone it is web1's turn" thing_is web1 alpha \
    "behind 5000"
wait_for "and the turn ends" is_settled web1

flood put $prefix/nodes/gone- 6000 100 >/dev/null
check "6,000 records of nodes that are gone: web1 is shown, converged" jq -e \
    '.converged and .omitted > 0 and
     any(.nodes[]; .node == "web1" and .alive)' \
    <<<"$(works "one of many" >/dev/null; ctl web1 nodes --json)"
flood delete $prefix/nodes/gone- >/dev/null
flood put $prefix/nodes/large- 20 1000000 >/dev/null
check_status "20 MB of foreign records: refused" 1 ctl web1 nodes
check_says "and the reason is reported" \
    'a reply of more than 16777216 bytes; there is more below these keys' \
    "$output"
flood delete $prefix/nodes/large- >/dev/null

# ------------------------------------------------------------------- flag
etcdctl put $prefix/flag "$(printf '%0100000d' 0)" >/dev/null
wait_for "a flag of 100 kB by hand holds" flag_is web1 '.kind == "operator"'
check "and is kept in short" \
    [ "$(ctl web1 flag show --json | wc -c)" -lt 10000 ]
etcdctl del $prefix/flag >/dev/null
works "lifted"
check_status "a reason of 5,000 bytes is refused" 2 \
    ctl web1 flag set "$(printf '%05000d' 0)"
check_says "with its size" '"reason" has 5000 bytes; the limit is 4096' \
    "$output"
check "and no flag is there" no_flag web1

# ---------------------------------------------------- the control socket
cat >"$scratch/hold.py" <<'END'
import socket, sys, time
held = []
for _ in range(64):
    held.append(socket.socket(socket.AF_UNIX))
    held[-1].connect(sys.argv[1])
print("held", flush=True)
time.sleep(1000)
END
launch KILL "$scratch/held" python3 "$scratch/hold.py" "$scratch/web1/ccmd.sock"
wait_until grep -q held "$scratch/held"
check_status "the 65th connection is refused" 1 ctl web1 status
check_says "and the reason is reported" 'has 64 open connections' "$output"
wait_for "who sends no request is sent away" ctl web1 status
kill "$launched"
end_of "$launched"

cat >"$scratch/endless.py" <<'END'
import socket, sys
ccmd = socket.socket(socket.AF_UNIX)
ccmd.connect(sys.argv[1])
try:
    for _ in range(200):
        ccmd.sendall(b"x" * 65536)
except (BrokenPipeError, ConnectionResetError):
    pass
print(ccmd.makefile().readline())
END
check_says "a request without end is refused" \
    'the request has more than 8388608 bytes' \
    "$(timeout 60 python3 "$scratch/endless.py" "$scratch/web1/ccmd.sock")"
stays_small "after such a request"

# ------------------------------------------------- a large nodes/<node>
names=$(for ((i = 0; i < 1000; i++)); do
    printf 't%061d\n' $i
done)
# shellcheck disable=SC2086
node_things web1 "subscribes = ($(printf '"%s", ' $names | sed 's/, $//'));"
check "a configuration of 1,000 types is loaded" ctl web1 module reload
wait_for "and run" has_status web1 '.state == "idle" and .pending == []'
check "its record leaves them out" jq -e \
    '.subscribes_omitted == 1001 and (has("subscribes") | not)' \
    <<<"$(etcd_get nodes/web1)"
check "and ccmctl nodes knows that it has converged" converged web1
node_things web1
check "it is as before" ctl web1 module reload
works "as before"

# -------------------------------------------------------------------- log
# A second node, without -v.
node_make web2 'rollout={ ttl = 15; run_timeout = 120; }' \
    'settle={ quiet = 5.0; max = 60.0; }'
node_things web2
launch TERM "$scratch/web2/log" env ASAN_OPTIONS="${ASAN_OPTIONS-}" \
    "$builddir/ccmd" -c "$scratch/web2/ccm.conf"
node_pid[web2]=$launched
wait_for "web2 is there" is_settled web2
lines() {
    grep -cE -- "$1" "$scratch/web2/log"
}

revision=$(flood again $prefix/events/things 1000)
wait_for "1,000 events of one type are heard" \
    has_status web2 ".revision >= $revision"
check "but told once a run" [ "$(lines 'event things')" -lt 10 ]
wait_for "and applied" is_settled web2

jq -nc '[range(1000; 1700) | {id: ., name: "no/name\(.)"}]' \
    >"$scratch/things.json"
check "700 objects that are rejected" \
    ctl web1 object import "$scratch/things.json"
wait_for "they are left out" has_status web2 '.last_run.rejected == 700'
wait_for "web2 is settled" is_settled web2
runs=$(lines 'joining the queue')
check "100 of them are logged in a run" \
    [ "$(lines 'object things/.* left out')" -le $((runs * 100)) ]
check "and how many more there are" \
    [ "$(lines '600 more objects left out; see ccmctl plan')" -ge 1 ]

tried_again() {
    [ "$(grep -c 'debug: events/ cannot be read' "$scratch/web1/log")" -ge 3 ]
}

before=$(lines warning)
etcd_stop
wait_for "etcd is gone: web2 says so" has_status web2 '.trouble != null'
# web1 shows on -v what is not told.
wait_for "it is tried again and again" tried_again
check "but told at most 5 times a minute, as LIMITS says" \
    [ $(($(lines warning) - before)) -le 10 ]
etcd_start
wait_for "etcd is back" is_settled web2

done_testing
