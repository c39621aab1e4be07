#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Tokens that live for two seconds: they lapse in every wait and every turn.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

command -v openssl >/dev/null || skip_all "openssl is missing"
{
    openssl genrsa -out "$scratch/jwt.key" 2048 &&
        openssl rsa -in "$scratch/jwt.key" -pubout -out "$scratch/jwt.pub"
} 2>"$scratch/openssl.log" || bail "openssl makes no keys"
jwt=pub-key=$scratch/jwt.pub,priv-key=$scratch/jwt.key
etcd_options=(--auth-token "jwt,$jwt,sign-method=RS256,ttl=2s")
etcd_start
gate_make
(umask 077 && echo "the password" >"$scratch/password")
{
    etcdctl user add root:rootpw && etcdctl role add ccm &&
        etcdctl role grant-permission ccm --prefix=true readwrite "$prefix" &&
        etcdctl user add "ccm:the password" &&
        etcdctl user grant-role ccm ccm &&
        etcdctl user grant-role root root && etcdctl auth enable
} >"$scratch/auth.log" 2>&1 || bail "etcd takes no users"
export ETCDCTL_USER=root:rootpw

for node in web1 web2; do
    node_make $node "store={ kind = \"etcd\"; endpoints = (\"$etcd_url\");
        prefix = \"$prefix\"; user = \"ccm\";
        password_file = \"$scratch/password\"; }"
    node_things $node "settings = { command = \"$scratch/gate\"; };"
done
node_start web1 web2
wait_for "two nodes start" all_settled web1 web2
lease=$(etcdctl get "$prefix/alive/web1" -w fields | grep Lease)

seconds_pass() {
    [ "$SECONDS" -ge "$1" ]
}
# token_lapses: whatever token there is now is none any more.
token_lapses() {
    wait_until seconds_pass $((SECONDS + 4))
}

thing_put web1 1 alpha one
wait_for "a thing is everywhere" all_have_thing alpha one web1 web2
token_lapses
thing_put web1 1 alpha two
wait_for "after its token has lapsed, too" all_have_thing alpha two web1 web2
wait_for "the cluster converges" converged web2

before=$(revision_now)
gate_shut
thing_put web1 1 alpha three
wait_for "a node is in its turn" gate_reached
token_lapses
gate_open
wait_for "its token lapses in mid-turn: the turn ends well" \
    all_have_thing alpha three web1 web2
wait_for "and the cluster converges" converged web2
check_is "in one turn each" "web1:done web2:done" \
    "$(turns "$before" | tr ' ' '\n' | sort | tr '\n' ' ' | sed 's/ $//')"
check_is "nobody has lost its presence" "$lease" \
    "$(etcdctl get "$prefix/alive/web1" -w fields | grep Lease)"

# A new password: it is read again, so that mending the file is enough.
etcdctl user passwd ccm --interactive=false <<<"another-one" >/dev/null
token_lapses
etcdctl put "$prefix/objects/things/1" \
    '{"id":1,"name":"alpha","content":"four"}' >/dev/null
etcdctl put "$prefix/events/things" "" >/dev/null
wait_for "with the old password a node says what is wrong" \
    log_says web1 'authentication failed'
check_status "and the operator learns that" 1 ctl web1 flag show
check_says "by name" 'authentication failed' "$output"
check "nothing has changed" thing_is web1 alpha three
(umask 077 && echo "another-one" >"$scratch/password")
wait_for "with the new one in the file it goes on" \
    all_have_thing alpha four web1 web2
wait_for "and the cluster converges again" converged web2
check_status "no password is in any log" 1 \
    grep -rlE "the password|another-one" "$scratch"/web1/log "$scratch"/web2/log
check "no flag was raised" no_flag web1
check_history
done_testing
