#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# ccm.conf is edited while ccmd runs: what ccmd and its runners must agree on
# is not half in force.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1
etcd_start
gate_make
for node in web1 web2; do
    node_make $node
    node_things $node "settings = { command = \"$scratch/gate\"; };"
done
node_start web1 web2
conf=$scratch/web1/ccm.conf
cp "$conf" "$scratch/good.conf"

publish() {
    thing_put web2 1 alpha "$1"
    ctl web2 publish things >/dev/null
}
# edit SED: one key is another from now on.
edit() {
    sed "$1" "$scratch/good.conf" >"$conf.new"
    mv "$conf.new" "$conf"
}
put_back() {
    cp -p "$scratch/good.conf" "$conf.new"
    mv "$conf.new" "$conf"
}
says_changed() {
    has_status web1 ".trouble // \"\" |
        contains(\"$1 has changed since ccmd was started: restart ccmd\")"
}

publish one
wait_for "two nodes are what they shall be" \
    all_have_thing alpha one web1 web2
wait_for "and rest" all_settled web1 web2

# refused KEY SED CONTENT: that is edited, and an event comes.
n=0
refused() {
    local was=one
    [ $n -eq 0 ] || was=$n
    n=$((n + 1))
    log_mark
    edit "$2"
    publish $n
    wait_for "$1: status names it" says_changed "$1"
    check "$1: so does the log" log_says_since web1 "$1 has changed since"
    check "$1: nothing of the node has changed" thing_is web1 alpha $was
    check "$1: no flag, for nothing was tried" no_flag web1
    check_says "$1: a preview says it" "$1 has changed" \
        "$(ctl web1 plan 2>&1)"
    check_says "$1: objects are not shown" "$1 has changed" \
        "$(ctl web1 object list things 2>&1)"
    check_says "$1: modules are not loaded" "$1 has changed" \
        "$(ctl web1 module reload 2>&1)"
    put_back
    wait_for "$1: put back, it goes on by itself" thing_is web1 alpha $n
    wait_for "$1: and rests" all_settled web1 web2
    check "$1: without a trouble" has_status web1 '.trouble == null'
}
refused store.prefix 's#prefix = "/ccm"#prefix = "/other"#'
refused node 's/^node = .*/node = "webX";/'
mkdir -p "$scratch/elsewhere/etc"
refused root "s#^root = .*#root = \"$scratch/elsewhere\";#"
refused state_dir "s#^state_dir = .*#state_dir = \"$scratch/state2\";#"
check_is "nothing was written elsewhere" "" \
    "$(find "$scratch/elsewhere" "$scratch/state2" -type f 2>/dev/null)"

# --- what may change without a restart
edit 's/quiet = 0.2/quiet = 0.3/'
echo 'history = { max = 50; };' >>"$conf"
publish other
wait_for "other keys may change" all_have_thing alpha other web1 web2
wait_for "and it rests" all_settled web1 web2
put_back

# --- in the middle of a turn
gate_forget
gate_shut web1
publish cut
wait_for "a turn is held open" grep -qx web1 "$scratch/gate.log"
check "and has begun to change" thing_is web1 alpha cut
edit "s#^state_dir = .*#state_dir = \"$scratch/state2\";#"
kill -KILL "$(pgrep -x -P "${node_pid[web1]}" ccm-runner)"
gate_open web1
wait_for "its runner dies: it is not looked for elsewhere" \
    says_changed state_dir
check "the turn has not ended" key_exists applying/web1
put_back
wait_for "put back, the turn is recovered and ended as failed" \
    flag_is web2 '.node == "web1" and .kind == "failed"'
check "the node is what it was" thing_is web1 alpha other
check_is "nothing is left over" alpha "$(ls -A "$(root web1)/etc/things")"
publish last
wait_for "the next event is applied by all" \
    all_have_thing alpha last web1 web2
wait_for "without a flag" no_flag web2
wait_for "all rest" all_settled web1 web2

# --- and it can be stopped meanwhile: that is what it asks for
edit 's#prefix = "/ccm"#prefix = "/other"#'
publish more
wait_for "it is refused again" says_changed store.prefix
node_stop web1
check_is "ccmd can be stopped" 0 "$ended"
put_back
node_start web1
wait_for "after a restart it goes on" all_have_thing alpha more web1 web2
check_history
done_testing
