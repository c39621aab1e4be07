#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Presence that is removed or overwritten behind a node's back, by a slip of
# the hand: the node puts it right, and nobody is locked out.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

etcd_start
gate_make
for dir in web1 web2 twin; do
    name=$dir
    [[ $dir = web? ]] || name=web1
    node_make $dir "node=\"$name\"" 'rollout={ ttl = 2; run_timeout = 120; }'
    node_things $dir "settings = { command = \"$scratch/gate\"; };"
done
node_start web1 web2
thing_put web1 1 alpha one
wait_for "two nodes start" all_have_thing alpha one web1 web2
wait_for "they settle" all_settled web1 web2

is_present() {
    etcdctl get "$prefix/alive/web1" -w json |
        jq -e '.kvs[0].lease // 0 | . > 0' >/dev/null
}
counts() {
    ctl web2 nodes --json | jq -e --argjson alive "$1" \
        'any(.nodes[]; .node == "web1" and .alive == $alive)' >/dev/null
}

etcdctl del "$prefix/alive/web1" >/dev/null
wait_for "removed: it is present again" is_present
etcdctl put "$prefix/alive/web1" junk >/dev/null
wait_for "overwritten: it is present again" is_present
wait_for "and counts" counts true
thing_put web1 1 alpha two
wait_for "a change is everywhere" all_have_thing alpha two web1 web2
wait_for "the cluster converges" converged web2

# In its turn: what is under way is finished.
gate_forget
gate_shut web1
thing_put web2 1 alpha three
wait_for "web1 is in its turn" grep -qx web1 "$scratch/gate.log"
etcdctl del "$prefix/alive/web1" >/dev/null
wait_for "removed in its turn: it is present again" is_present
gate_open web1
wait_for "the turn ends well" all_have_thing alpha three web1 web2
wait_for "and the cluster converges" converged web2
wait_for "with no flag" no_flag web1

# Another machine takes the name before that: the first one ends.
kill -STOP "${node_pid[web1]}"
etcdctl del "$prefix/alive/web1" >/dev/null
node_start twin
wait_until key_exists alive/web1
kill -CONT "${node_pid[web1]}"
wait_for "the name is taken: the first one finds that, and ends" \
    node_is_gone web1
end_of "${node_pid[web1]}"
check_says "it says why" 'another machine is node "web1"' \
    "$(tail -n 5 "$scratch/web1/log")"
thing_put web2 1 alpha four
wait_for "the other one is web1 now" all_have_thing alpha four twin web2

# A key of no lease stands where a node that is gone was.
node_stop twin
etcdctl put "$prefix/alive/web1" junk >/dev/null
check "a key without a lease is nobody" counts false
node_start web1
wait_for "it keeps nobody out" has_status web1 '.connected'
wait_for "who puts its own there" is_present
wait_for "and settles" all_settled web1 web2

# Nor does it make a node alive that died in its turn.
gate_forget
gate_shut web1
thing_put web2 1 alpha five
wait_for "web1 is in its turn again" grep -qx web1 "$scratch/gate.log"
node_stop web1 KILL
etcdctl put "$prefix/alive/web1" junk >/dev/null
check "an operator can declare it dead" ctl web2 flag clear web1
gate_open web1
wait_for "the others go on" thing_is web2 alpha five
check_history
done_testing
