#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# An etcd that speaks TLS only, and only with those who have a certificate.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

command -v openssl >/dev/null || skip_all "openssl is missing"
tls=$scratch/tls
mkdir "$tls"

# certificate NAME: a key, and a certificate of our authority.
certificate() {
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" \
        -keyout "$tls/$1.key" -out "$tls/$1.csr" &&
        openssl x509 -req -in "$tls/$1.csr" -CA "$tls/ca.pem" \
            -CAkey "$tls/ca.key" -CAcreateserial -days 2 -out "$tls/$1.pem" \
            -extfile <(echo "subjectAltName=IP:127.0.0.1
                extendedKeyUsage=serverAuth,clientAuth")
}
{
    openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=authority -days 2 \
        -keyout "$tls/ca.key" -out "$tls/ca.pem"
    certificate server
    certificate web1
    openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=other -days 2 \
        -keyout "$tls/other.key" -out "$tls/other.pem"
} 2>"$scratch/openssl.log" || bail "openssl makes no certificates"

export etcd_scheme=https ETCDCTL_CACERT=$tls/ca.pem
export ETCDCTL_CERT=$tls/web1.pem ETCDCTL_KEY=$tls/web1.key
etcd_options=(--cert-file "$tls/server.pem" --key-file "$tls/server.key"
    --client-cert-auth --trusted-ca-file "$tls/ca.pem")
etcd_start

store() {
    echo "{ kind = \"etcd\"; endpoints = (\"$etcd_url\");
        prefix = \"$prefix\"; $1 }"
}
ours="cert = \"$tls/web1.pem\"; key = \"$tls/web1.key\";"
node_make web1 "store=$(store "cacert = \"$tls/ca.pem\"; $ours")"
node_things web1
node_start web1
wait_for "a node with a certificate starts" is_settled web1
thing_put web1 1 alpha one
wait_for "events and objects come over TLS" thing_is web1 alpha one

node_make web2 "store=$(store "cacert = \"$tls/other.pem\"; $ours")"
node_things web2
node_launch web2
wait_for "an etcd of another authority is not trusted" \
    log_says web2 'certificate'
check "such a node never gets a presence" no_key_below alive/web2
node_stop web2

node_make web3 "store=$(store "cacert = \"$tls/ca.pem\";")"
node_things web3
node_launch web3
wait_for "without its own certificate a node learns why" \
    log_says web3 'certificate|alert|SSL|TLS'
check "and never gets a presence either" no_key_below alive/web3
node_stop web3
thing_put web1 1 alpha two
wait_for "the node with a certificate has gone on" thing_is web1 alpha two
done_testing
