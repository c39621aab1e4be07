#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# What a slip of the hand can leave below the prefix, and in ccm.conf: it is
# ignored, or everybody learns what it is and what to do.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

etcd_start
for node in web1 web2; do
    node_make "$node"
    node_things "$node"
done
put() {
    printf '%s' "${2-}" | etcdctl put "$prefix/$1" >/dev/null
}
del() {
    etcdctl del "$prefix/$1" >/dev/null
}
both_have() {
    thing_is web1 alpha "$1" && thing_is web2 alpha "$1" && all_settled web1 web2
}
publish() {
    thing_put web1 1 alpha "$1"
    ctl web1 publish things >/dev/null
}

node_start web1 web2
publish one
wait_for "two nodes start" both_have one

# --- keys that are called like a folder
for folder in lock applying nodes alive events; do
    put "$folder/" junk
done
publish two
wait_for "keys without a name stop nobody" both_have two
check "they hide no node" ctl web1 nodes
check "nor the queue" ctl web1 queue
for folder in lock applying nodes alive events; do
    del "$folder/"
done

# --- a marker that cannot be a node's
put 'applying/a b/c' junk
put $'applying/\xff\xfe' junk
publish three
# The one at the head of the queue finds it.
told() {
    grep -q 'contains a key that does not belong.*etcdctl get' \
        <<<"$(ctl web1 status; ctl web2 status)"
}
wait_for "a marker that is no node's: status says so" told
check "with the remedy in the log" \
    grep -q 'delete it' "$scratch/web1/log" "$scratch/web2/log"
check "it is nobody's failure" no_flag web1
check "nobody changes meanwhile" thing_is web2 alpha two
del $'applying/\xff\xfe'
del 'applying/a b/c'
wait_for "when it is gone all goes on" both_have three

# --- flags that no ccm puts
for flag in $'\xff\xfe' '{"kind": "in-doubt", "node": "a b"}'; do
    put flag "$flag"
    wait_for "a flag by hand holds" flag_is web1 '.kind == "operator"'
    check "and is lifted like any hold" ctl web1 flag clear
done
wait_for "no flag stays" no_flag web2

# --- more of them than an answer of etcd may have
large=$(head -c 1400000 /dev/zero | tr '\0' x)
for i in {1..12}; do
    put "applying/"$'\xff'"$i" "$large"
done
publish four
wait_for "as large as they are, status says so" told
for i in {1..12}; do
    del "applying/"$'\xff'"$i"
done
wait_for "when they are gone all goes on" both_have four

# --- a marker of a live node that no ccmd has written
put applying/web2 junk
publish five
wait_for "a false marker of a live node is ended" both_have five
check "the node lives" node_lives web2
wait_for "and no flag stays" no_flag web1

# --- ccm.conf
cp "$scratch/web2/ccm.conf" "$scratch/good.conf"
echo '}}}' >>"$scratch/web2/ccm.conf"
publish six
wait_for "a broken ccm.conf: status says what is wrong, and where" \
    has_status web2 '(.trouble // "") | test("ccm.conf:[0-9]+: ")'
check "it is no change that failed: no flag" no_flag web1
wait_for "the other node goes on" thing_is web1 alpha six
cp "$scratch/good.conf" "$scratch/web2/ccm.conf"
ctl web2 apply >/dev/null
wait_for "mended, it goes on" both_have six
done_testing
