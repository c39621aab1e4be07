#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The daemon as a good citizen: its socket, systemd's protocol, its sleep.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

etcd_start
node_make web1 'rollout={ ttl = 60; }'
node_things web1

# systemd's end of the notify protocol: a datagram a line.
cat >"$scratch/notify.py" <<'END'
import os, socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1] + ".new")
os.rename(sys.argv[1] + ".new", sys.argv[1])
while True:
    print(listener.recv(65536).decode(), flush=True)
END
launch KILL "$scratch/notified" python3 "$scratch/notify.py" "$scratch/notify"
wait_until test -S "$scratch/notify"
node_env=("NOTIFY_SOCKET=$scratch/notify" WATCHDOG_USEC=8000000)
node_start web1
node_env=()
wait_for "READY=1 is sent when it is ready" grep -q READY=1 "$scratch/notified"
wait_for "it settles" is_settled web1
watchdogs() {
    [ "$(grep -c WATCHDOG=1 "$scratch/notified")" -ge 2 ]
}
wait_for "the watchdog hears of it, again and again" watchdogs

check_is "the control socket is for its owner alone" "600 socket" \
    "$(stat -c '%a %F' "$scratch/web1/ccmd.sock")"
check_status "a request must be JSON" 0 python3 - "$scratch" <<'END'
import json, socket, sys
path = sys.argv[1] + "/web1/ccmd.sock"
for line in (b"nonsense\n", b"{}\n", b"[]\n", b'{"op":"nonsense"}\n',
             b'{"op":17}\n', b'{"op":"publish","types":"x"}\n',
             b'{"op":"publish","types":["No Type"]}\n',
             b"\xff\xfe\n", b'{"op":"status"\0}\n'):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(30)
    client.connect(path)
    client.sendall(line)
    answer = json.loads(client.makefile().readline())
    assert answer["ok"] is False and answer["error"], (line, answer)
client = socket.socket(socket.AF_UNIX)
client.settimeout(30)
client.connect(path)
try:
    for i in range(12):
        client.sendall(b"x" * 1024 * 1024)
    client.recv(1024)
except OSError:
    pass
END
check "after all that it answers" is_settled web1

# Between two looks the daemon may wake for its lease and for us, no more.
switches() {
    awk '/^voluntary_ctxt_switches/ { print $2 }' \
        "/proc/${node_pid[web1]}/status"
}
seconds_pass() {
    [ "$(date +%s)" -ge "$1" ]
}
first=$(switches)
wait_until seconds_pass $(($(date +%s) + 5))
second=$(switches)
check "an idle daemon sleeps ($((second - first)) wake-ups in 5 s)" \
    test $((second - first)) -le 10

# ignored OF: a bit for each signal that a process ignores; without the two
# that libc keeps for itself and those behind them.
ignored() {
    echo $((0x$(awk '/^SigIgn/ { print $2 }' "/proc/$1/status") & 0x7fffffff))
}
spare() { # fails if there is none
    pgrep -o -P "${node_pid[web1]}"
}
for signal in USR1 USR2 PIPE ALRM IO PROF VTALRM; do
    kill -$signal "${node_pid[web1]}"
done
check "signals that mean nothing to it do not end it" is_settled web1
wait_for "it has a runner ready" spare
check_is "which ignores no signal" 0 "$(ignored "$(spare)")"

# --- ccmctl does not wait silently for a daemon that hangs
# asks_in_vain WHAT: ccmctl in the background; its pid is in $launched.
asks_in_vain() {
    launch KILL "$scratch/asked" "$builddir/ccmctl" status \
        --socket "$scratch/web1/ccmd.sock"
    wait_for "$1: ccmctl says that there is no answer" \
        grep -q "no answer from ccmd yet; waiting" "$scratch/asked"
}
for what in "ccmd hangs" "ccmd takes no connection"; do
    kill -STOP "${node_pid[web1]}"
    if [ "$what" != "ccmd hangs" ]; then
        launch KILL "$scratch/crowd" python3 -c 'import socket, sys, time
crowd = []
try:
    while True:
        one = socket.socket(socket.AF_UNIX)
        one.setblocking(False)
        one.connect(sys.argv[1])
        crowd.append(one)
except BlockingIOError:
    print("full", flush=True)
time.sleep(999)' "$scratch/web1/ccmd.sock"
        crowd=$launched
        wait_until grep -q full "$scratch/crowd"
    fi
    asks_in_vain "$what"
    kill -CONT "${node_pid[web1]}"
    end_of "$launched"
    check_is "$what: it goes on, and ccmctl has its answer" 0 "$ended"
    check_is "$what: it was said once" 1 \
        "$(grep -c "no answer" "$scratch/asked")"
done
kill -KILL "$crowd"
end_of "$crowd"

kill -TERM "${node_pid[web1]}"
end_of "${node_pid[web1]}"
check_is "SIGTERM ends it" 0 "$ended"
check "STOPPING=1 is sent" grep -q STOPPING=1 "$scratch/notified"
check_status "its socket is gone" 1 test -e "$scratch/web1/ccmd.sock"

check "a socket that a dead daemon left" \
    python3 -c 'import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' \
    "$scratch/web1/ccmd.sock"
node_start web1
wait_for "is replaced" is_settled web1
node_stop web1 INT
check_is "SIGINT ends it, too" 0 "$ended"

# in_the_way WHAT PATTERN: it does not start, and says why.
in_the_way() {
    check_status "$1 in the way of its socket: it does not run" 1 \
        timeout "$patience" "$builddir/ccmd" -c "$scratch/web1/ccm.conf"
    check_says "$1: it says so" "$2" "$output"
}
echo "somebody's" >"$scratch/web1/ccmd.sock"
in_the_way "a file" 'is not a socket'
check_is "and leaves it alone" "somebody's" "$(cat "$scratch/web1/ccmd.sock")"
rm "$scratch/web1/ccmd.sock"
mkdir "$scratch/web1/ccmd.sock"
in_the_way "a folder" 'is not a socket'
rmdir "$scratch/web1/ccmd.sock"
launch KILL "$scratch/listener.log" python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen()
time.sleep(999)' "$scratch/web1/ccmd.sock"
wait_until test -S "$scratch/web1/ccmd.sock"
in_the_way "one that answers" 'another ccmd answers'
kill -KILL "$launched"
end_of "$launched"

# --- etcd goes away and comes back
node_make web1
node_start web1
wait_for "a node with a short lease starts" is_settled web1
etcd_stop
wait_for "without etcd it is disconnected" has_status web1 \
    '.connected == false and .state == "disconnected"'
check "and lives" node_lives web1
for request in queue "publish things"; do
    # shellcheck disable=SC2086
    check_status "$request: refused without etcd" 1 ctl web1 $request
    check_says "$request: nothing was changed" \
        'nothing was changed' "$output"
done
etcd_start
wait_for "it connects when etcd is back" has_status web1 '.connected'
thing_put web1 1 alpha one
wait_for "and applies" thing_is web1 alpha one
wait_for "it settles" is_settled web1

# --- a compaction hides nothing
kill -STOP "${node_pid[web1]}"
etcdctl put $prefix/objects/things/1 \
    '{"id":1,"name":"alpha","content":"two"}' >/dev/null
etcdctl put $prefix/events/things "" >/dev/null
etcd_stop
etcd_start
etcdctl compact "$(revision_now)" >/dev/null
kill -CONT "${node_pid[web1]}"
wait_for "an event that was compacted away is applied" thing_is web1 alpha two

node_stop web1
etcd_stop
node_launch web1
wait_for "a node starts without etcd" node_answers web1
check "and says that it is not connected" has_status web1 '.connected == false'
node_stop web1
check_is "it can be stopped then" 0 "$ended"
done_testing
