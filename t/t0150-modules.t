#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Bad modules: each fails by name, raises the flag, and leaves ccmd running.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

etcd_start
for module in hostile shorter longer wrong-abi no-symbol boasting nameless \
    bad-name constructor-crashes constructor-exits chain-a chain-b chain-c; do
    module_add $module
done
for node in web1 web2; do
    node_make $node 'rollout={ ttl = 5; run_timeout = 120; plan_timeout = 2; }'
    node_things $node
done
node_start web1 web2
wait_for "two nodes start" all_settled web1 web2
thing_put web1 1 alpha one
wait_for "both have a thing" all_have_thing alpha one web1 web2
wait_for "they settle" all_settled web1 web2
pid=${node_pid[web1]}

# --- modules that load, and then misbehave in their plan
act() {
    node_use web1 bad.conf 'module = "hostile";' 'name = "bad";' \
        'subscribes = ("things");' "settings = { act = \"$1\"; victim = \"$scratch/victim\"; };"
    ctl web1 module reload >/dev/null
}

# fails ACT SENTENCE PATTERN
fails() {
    act "$1"
    wait_for "a module that $2 raises the flag by name" flag_is web1 \
        ".kind == \"failed\" and .node == \"web1\" and .configuration == \"bad\"
         and .step == \"plan\" and (.error | test(\"$3\"))"
}
fails fail "fails" "no cake on web1"
fails crash "crashes" "SIGSEGV"
fails abort "aborts" "the flux is uncoupled"
fails exit "exits" "exit.3"
fails exit-well "exits as if all were well" "called exit"
fails hang "hangs" "timed out"
fails spin "spins" "timed out"
# A kernel without filters, or valgrind: less is refused.
if "$builddir/ccm-runner" -c "$scratch/web1/ccm.conf" describe |
    jq -e .confinement.seccomp >/dev/null; then
    fails fork "forks" "clone"
    fails write "writes a file" "openat"
    fails connect "opens a connection" "socket"
fi
fails outside "declares a path outside" "outside"
check "ccmd is the one that was started" kill -0 "$pid"
check "and answers" node_answers web1
check "what ran before has not been undone" thing_is web1 alpha one
wait_for "the other node is held or idle" has_status web2 \
    '.state == "held" or .state == "idle"'

# Other configurations of the node do not go on without it.
thing_put web1 1 alpha two
wait_for "a newer event is tried" flag_is web1 \
    ".revision >= $(event_revision things)"
check "but a run is all or nothing" thing_is web1 alpha one
check "and the other node is untouched" thing_is web2 alpha one
act declare
wait_for "the module is mended: the flag goes" no_flag web1
wait_for "its file is there" test -e "$(root web1)/file"
wait_for "and both nodes go on" all_have_thing alpha two web1 web2
check "with the same ccmd" kill -0 "$pid"
rm "$scratch/web1/modules.d/bad.conf"
check "it is taken away" ctl web1 module reload
wait_for "the nodes settle" all_settled web1 web2

# --- modules that cannot be loaded
refused() {
    node_use web1 bad.conf "module = \"$1\";"
    check_status "a module $2 is refused" 1 ctl web1 module reload
    check_says "  with the reason" "$3" "$output"
    check "  and what is loaded stays" has_status web1 \
        '.catalog.configurations == ["things"]'
}
refused wrong-abi "for another ABI" 'wrong-abi.so.*abi is 77.*1'
refused no-symbol "without a descriptor" 'no-symbol.so.*ccm_module'
refused boasting "that is not as large as it says" 'boasting.so.*size'
refused nameless "without a name" 'nameless.so.*name'
refused bad-name "with a bad name" 'bad-name.so.*Not A Name'
refused constructor-crashes "that crashes when it is loaded" \
    'constructor-crashes.so|bad.conf'
refused constructor-exits "that exits when it is loaded" \
    'constructor-exits.so|bad.conf'
check "there is no flag" no_flag web1
check "ccmd is still the one that was started" kill -0 "$pid"

# --- modules of another age that load all the same
for module in shorter longer; do
    rm -f "$(root web1)/descriptor"
    node_use web1 bad.conf "module = \"$module\";"
    check "a module with a $module descriptor loads" ctl web1 module reload
    wait_for "and runs" test -e "$(root web1)/descriptor"
done

# --- order
rm "$scratch/web1/modules.d/bad.conf"
for link in a b c; do
    node_use web1 "0$link.conf" "module = \"chain-$link\";"
done
check "modules that depend on each other load" ctl web1 module reload
order=$(ctl web1 module list --json |
    jq -r '[.configurations[] | "\(.name) \(.depends | join(","))"] | .[]')
in_order() {
    local name depends seen=' '
    while read -r name depends; do
        for depends in ${depends//,/ }; do
            [[ $seen == *" $depends "* ]] || return 1
        done
        seen+="$name "
    done <<<"$order"
}
check "each after those that it depends on" in_order
check "all of them run" ctl web1 apply --all
check_is "and leave their files" 3 \
    "$(find "$(root web1)" -path '*/chain-*/name' | wc -l)"
rm "$scratch/web1/modules.d/0a.conf" "$scratch/web1/modules.d/0b.conf"
check_status "without one that is depended on it is an error" 1 \
    ctl web1 module reload
check_says "which names it" 'chain-' "$output"
check_history
done_testing
