#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# An etcd whose gateway speaks the dialect of 3.6: errors keep their meaning.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

etcd_start
hold=$scratch/hold
launch KILL "$scratch/gateway.log" "$srcdir/t/e2e/gateway36.py" \
    "$etcd_url" "$scratch/port" "$hold"
wait_until test -s "$scratch/port"
gateway=http://127.0.0.1:$(cat "$scratch/port")

store() {
    echo "{ kind = \"etcd\"; endpoints = (\"$1\"); prefix = \"$prefix\"; ${2-} }"
}
node_make web1 "store=$(store "$gateway")"
node_things web1
node_start web1
wait_for "a node starts behind the newer gateway" is_settled web1

# More objects than fit into one page, and the revision of the first page is
# compacted away before the second is read.
for id in $(seq 1 600); do
    printf 'put %s/objects/things/%s {"id":%s,"name":"n%s","content":"x"}\n' \
        "$prefix" "$id" "$id" "$id"
done | while read -r _ key value; do
    etcdctl put "$key" -- "$value" >/dev/null
done
touch "$hold"
etcdctl put $prefix/events/things "" >/dev/null
wait_for "a run waits for its second page" test -e "$hold.asked"
thing_put web1 1 n1 y
record_catch_up
etcdctl compact "$(revision_now)" >/dev/null
rm "$hold"
wait_for "compacted between two pages: it reads again" thing_is web1 n1 y
check "that raises no flag" no_flag web1

# The lease is revoked: the node notices and has a new one.
old=$(lease_of web1)
etcdctl lease revoke "$old" >/dev/null
has_another_lease() {
    local now
    now=$(lease_of web1) && [ -n "$now" ] && [ "$now" != "$old" ]
}
wait_for "a lease that is gone is replaced" has_another_lease
thing_put web1 2 n2 z
wait_for "and the node goes on" thing_is web1 n2 z

# Authentication, switched on and off under a node that has a user.
(umask 077 && echo secret >"$scratch/password" && echo wrong >"$scratch/wrong")
user() {
    echo "user = \"ccm\"; password_file = \"$scratch/$1\";"
}
node_make web2 "store=$(store "$gateway" "$(user password)")"
node_things web2
node_start web2
wait_for "a user where authentication is off: the node starts" is_settled web2
{
    etcdctl user add root:rootpw && etcdctl role add ccm &&
        etcdctl role grant-permission ccm --prefix=true readwrite "$prefix" &&
        etcdctl user add ccm:secret && etcdctl user grant-role ccm ccm &&
        etcdctl user grant-role root root && etcdctl auth enable
} >"$scratch/auth.log" 2>&1 || bail "etcd takes no users"
export ETCDCTL_USER=root:rootpw
wait_for "it is switched on: a node without a user says so" \
    has_status web1 '(.trouble // "") | contains("user name is empty")'
node_stop web1
thing_put web2 3 n3 on
wait_for "it is switched on: the node logs in" thing_is web2 n3 on
etcdctl auth disable >/dev/null
unset ETCDCTL_USER
thing_put web2 3 n3 off
wait_for "it is switched off: the node goes on" thing_is web2 n3 off
etcdctl auth enable >/dev/null
export ETCDCTL_USER=root:rootpw

node_make web3 "store=$(store "$gateway" "$(user wrong)")"
node_things web3
node_launch web3
wait_for "a wrong password is called that" \
    log_says web3 'authentication failed, invalid user ID or password'
node_stop web3
node_make web4 "store=$(store "$gateway")"
node_things web4
node_launch web4
wait_for "no user where one is needed is called that" \
    log_says web4 'user name is empty|needs a user'
node_stop web4

# The peer port has no gateway.
node_make web5 "store=$(store "http://127.0.0.1:$((etcd_port - 10000))")"
node_things web5
node_launch web5
wait_for "an address without a gateway: the log says what it may be" \
    log_says web5 'peer URL.*enable-grpc-gateway'
node_stop web5
done_testing
