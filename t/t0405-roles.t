#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The roles of ccm-operations(7), with etcd's own authentication: what a node,
# an operator and a producer need, and that it is not more.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

etcd_start
(umask 077 && echo pw >"$scratch/password")

# grant ROLE KIND KEY [prefix]
grant() {
    if [ "${4-}" = prefix ]; then
        etcdctl role grant-permission "$1" "$2" "$prefix/$3" --prefix
    else
        etcdctl role grant-permission "$1" "$2" "$prefix/$3"
    fi
}

role_node() {
    etcdctl role add "ccm-$1" &&
        grant "ccm-$1" read "" prefix &&
        grant "ccm-$1" readwrite flag &&
        grant "ccm-$1" readwrite lock/ prefix &&
        grant "ccm-$1" readwrite "alive/$1" &&
        grant "ccm-$1" readwrite "applying/$1" &&
        grant "ccm-$1" readwrite "nodes/$1" &&
        etcdctl user add "ccm-$1:pw" &&
        etcdctl user grant-role "ccm-$1" "ccm-$1"
}

roles_make() {
    set -e
    etcdctl user add root:rootpw
    etcdctl user grant-role root root
    role_node web1
    role_node web2
    etcdctl role add ccm-operator
    grant ccm-operator readwrite "" prefix
    etcdctl user add ccm-operator:pw
    etcdctl user grant-role ccm-operator ccm-operator
    etcdctl role add ccm-producer
    grant ccm-producer readwrite objects/ prefix
    grant ccm-producer readwrite events/ prefix
    etcdctl user add ccm-producer:pw
    etcdctl user grant-role ccm-producer ccm-producer
    etcdctl auth enable
}
# The recording has no user, and so hears nothing from here on.
(roles_make) >"$scratch/auth.log" 2>&1 ||
    bail "etcd takes no roles: $(cat "$scratch/auth.log")"

as() { # USER ETCDCTL_ARGUMENT...
    local user=$1
    shift
    etcdctl --user "$user:pw" "$@"
}

for name in web1 web2; do
    node_make "$name" "store={ kind = \"etcd\"; endpoints = (\"$etcd_url\");
        prefix = \"$prefix\"; user = \"ccm-$name\";
        password_file = \"$scratch/password\"; }"
    node_things "$name"
done
node_start web1 web2
wait_for "two nodes start, each with a role of its own" all_settled web1 web2

# What a producer does: an object, then its event.
check "a producer puts an object" as ccm-producer put \
    "$prefix/objects/things/1" '{"id": 1, "name": "alpha", "content": "one"}'
check "and its event" as ccm-producer put "$prefix/events/things" producer
wait_for "every node applies it in a turn of its own" all_have_thing alpha one \
    web1 web2
for key in flag lock/0 alive/web1 applying/web1 nodes/web1 other; do
    check "a producer cannot put $key" bash -c \
        "! etcdctl --user ccm-producer:pw put '$prefix/$key' x"
done
check "nor read how the nodes are" bash -c \
    "! etcdctl --user ccm-producer:pw get --prefix '$prefix/nodes/'"

for key in alive/web2 applying/web2 nodes/web2 objects/things/1 events/things
do
    check "a node cannot put $key" bash -c \
        "! etcdctl --user ccm-web1:pw put '$prefix/$key' x"
done
check "nor delete another's marker" bash -c \
    "! etcdctl --user ccm-web1:pw del '$prefix/applying/web2'"

# What stays trust: the queue and the flag are everybody's.
check "a node can raise and lift the flag" ctl web1 flag set roles
wait_for "which the other sees" flag_is web2 '.kind == "operator"'
check "and so can the other" ctl web2 flag clear
check_status "a node's ccmctl cannot put an object" 1 ctl web1 object put \
    things '{"id": 2, "name": "beta", "content": "x"}'
check_says "and the message says that it is a matter of permission" \
    '[Pp]ermission' "$output"
check "an operator can put one" as ccm-operator put \
    "$prefix/objects/things/2" '{"id": 2, "name": "beta", "content": "two"}'
check "and its event" as ccm-operator put "$prefix/events/things" operator
wait_for "which is applied" all_have_thing beta two web1 web2

# A change of a node that fails still raises its flag, by the node's own role.
check "a node with a role of its own stops and leaves" node_stop web2
wait_for "its presence has gone" bash -c \
    "[ -z \"\$(etcdctl --user root:rootpw get --keys-only $prefix/alive/web2)\" ]"
check "no flag was raised" no_flag web1
done_testing
