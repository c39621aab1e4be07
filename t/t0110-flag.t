#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The failure flag: a bad change hurts one node.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

nodes=(web1 web2 web3)
etcd_start
gate_make
for node in "${nodes[@]}"; do
    node_make "$node"
    node_things "$node" "settings = { command = \"$scratch/gate\"; };"
done
node_start "${nodes[@]}"
wait_for "three nodes start" all_settled "${nodes[@]}"
thing_put web1 1 alpha one
wait_for "a thing reaches all" all_have_thing alpha one "${nodes[@]}"
wait_for "the cluster converges" converged web1

# --- a change that fails while it is being applied
before=$(revision_now)
gate_refuse
thing_put web1 1 alpha two
wait_for "a change that fails raises the flag" flag_is web1 \
    '.kind == "failed" and .configuration == "things"
     and (.error | contains("gate")) and .revision > 0 and .at != null'
bad=$(flag_node web1)
read -ra rest <<<"$(others "$bad" "${nodes[@]}")"
check_says "it names one of the nodes" '^web[123]$' "$bad"
wait_for "that node has failed" has_status "$bad" '.state == "failed"'
for node in "${rest[@]}"; do
    wait_for "$node is held" has_status "$node" \
        '.state == "held" and .pending == ["things"]'
    check "$node is untouched" thing_is "$node" alpha one
done
check_is "only one node has tried" "$bad:failed" "$(turns "$before")"
check "where it failed all has been put back" thing_is "$bad" alpha one
check_status "apply on another node is halted by the flag" 4 \
    ctl "${rest[0]}" apply --all
check_says "and the message says which node failed" "$bad" "$output"

# --- an operator clears the flag: the others go on
before=$(revision_now)
gate_allow
check "an operator clears the flag" ctl "${rest[0]}" flag clear
wait_for "the others go on" all_have_thing alpha two "${rest[@]}"
wait_for "and the one that failed tries again" thing_is "$bad" alpha two
wait_for "the cluster converges" converged web1
check_is "in one turn each" 3 "$(turns "$before" | wc -w)"
check "the flag is gone" no_flag web1

# --- a change that cannot be planned, and its repair
before=$(revision_now)
thing_put web1 2 beta two '"broken":true'
wait_for "a change that cannot be planned raises the flag" flag_is web1 \
    '.kind == "failed" and .configuration == "things" and .step == "plan"
     and (.error | contains("beta is broken"))'
bad=$(flag_node web1)
read -ra rest <<<"$(others "$bad" "${nodes[@]}")"
wait_for "the others are held" has_status "${rest[0]}" '.state == "held"'
wait_for "both of them" has_status "${rest[1]}" '.state == "held"'
check_is "no turn has ended well" "" "$(turns "$before" | grep 'done')"
before=$(revision_now)
gate_forget
thing_put web1 2 beta two
wait_for "the repair reaches all" all_have_thing beta two "${nodes[@]}"
wait_for "the cluster converges" converged web1
check "the flag was lifted by itself" no_flag web1
check_is "where it broke, first and alone" "$bad" \
    "$(head -n 1 "$scratch/gate.log")"
check_is "then on the others, once each" 3 "$(turns "$before" | wc -w)"

# --- an operator's own flag
check "an operator raises a flag" ctl web1 flag set "maintenance window"
wait_for "it shows on every node" flag_is web3 \
    '.kind == "operator" and .error == "maintenance window"'
before=$(revision_now)
thing_put web1 1 alpha three
for node in "${nodes[@]}"; do
    wait_for "$node is held" has_status "$node" \
        '.state == "held" and .pending == ["things"]'
done
check_is "nobody has begun a turn" "" "$(turns "$before")"
check "the operator clears it" ctl web2 flag clear
wait_for "and all go on" all_have_thing alpha three "${nodes[@]}"

# --- a flag that only an operator may lift
for node in "${nodes[@]}"; do
    node_stop "$node"
    node_make "$node" \
        'rollout={ ttl = 5; run_timeout = 120; flag_lift = "operator"; }'
done
node_start "${nodes[@]}"
wait_for "with flag_lift = \"operator\" all start" all_settled "${nodes[@]}"
gate_refuse
thing_put web1 1 alpha four
wait_for "a failure raises the flag" flag_is web1 '.kind == "failed"'
bad=$(flag_node web1)
gate_allow
thing_put web1 1 alpha five
wait_for "the node has heard of the repair" has_status "$bad" \
    '.pending == ["things"]'
check_status "apply does not lift it either" 4 ctl "$bad" apply
check "nothing was done" thing_is "$bad" alpha three
check "the operator lifts it" ctl "$bad" flag clear
wait_for "and all go on" all_have_thing alpha five "${nodes[@]}"

check_history
done_testing
