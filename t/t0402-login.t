#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# An etcd with users: the node logs in, again when its token has lapsed.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

etcd_start
(umask 077 && echo "the password" >"$scratch/password")
{
    etcdctl user add root:rootpw && etcdctl role add ccm &&
        etcdctl role grant-permission ccm --prefix=true readwrite "$prefix" &&
        etcdctl user add "ccm:the password" &&
        etcdctl user grant-role ccm ccm &&
        etcdctl user grant-role root root && etcdctl auth enable
} >"$scratch/auth.log" 2>&1 || bail "etcd takes no users"
export ETCDCTL_USER=root:rootpw

store() {
    echo "{ kind = \"etcd\"; endpoints = (\"$etcd_url\");
        prefix = \"$prefix\"; user = \"ccm\"; password_file = \"$1\"; }"
}
node_make web1 "store=$(store "$scratch/password")"
node_things web1
node_start web1
wait_for "a node with user and password starts" is_settled web1
thing_put web1 1 alpha one
wait_for "events and objects come to a user" thing_is web1 alpha one

etcd_stop
etcd_launch "$((etcd_port - 10000))"
wait_until etcd_answers
wait_until thing_put web1 1 alpha two
wait_for "after etcd has forgotten its token, it logs in again" \
    thing_is web1 alpha two
check "no flag was raised" no_flag web1

(umask 077 && echo "a wrong one" >"$scratch/wrong")
node_make web2 "store=$(store "$scratch/wrong")"
node_things web2
node_launch web2
wait_for "a wrong password is logged" \
    log_says web2 'authentication|password|user'
check "the password itself is not" test -z \
    "$(grep -rl "the password\|a wrong one" "$scratch"/*/log)"
check "nor does such a node get a presence" no_key_below alive/web2
node_stop web2
done_testing
