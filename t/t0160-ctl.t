#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# ccmctl: every command, for people and with --json; its exit status.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

etcd_start
for node in web1 web2; do
    node_make $node 'groups=("nginx", "PHP")'
    node_things $node
done
node_start web1 web2
wait_for "two nodes start" all_settled web1 web2

# json SENTENCE CONDITION COMMAND...: one document, and this is true of it.
json() {
    local sentence=$1 condition=$2 status
    shift 2
    output=$(ctl web1 "$@" --json 2>"$scratch/errors")
    status=$?
    if [ $status -eq 0 ] && [ "$(jq -s length <<<"$output")" = 1 ] &&
        jq -e "$condition" <<<"$output" >/dev/null; then
        ok "$sentence"
    else
        not_ok "$sentence" "status $status, want: $condition
$output
$(cat "$scratch/errors")"
    fi
}

# --- objects
json "object put answers with the revision" '.revision > 0' \
    object put things '{"id":1,"name":"alpha","content":"one"}'
echo '{"id":2,"name":"beta","content":"two"}' >"$scratch/beta.json"
check "object put takes a file" ctl web1 object put things "$scratch/beta.json"
put_from_pipe() {
    echo '{"id":3,"name":"gamma","content":"three"}' |
        ctl web1 object put things -
}
check "and standard input" put_from_pipe
json "object get prints the object itself" \
    '. == {"id":2,"name":"beta","content":"two"}' object get things 2
json "object list has objects, by id" '[.objects[].id] == [1, 2, 3]' \
    object list things
check_says "and for people, too" 'gamma' "$(ctl web1 object list things)"
check_status "an object that is not there is an error" 1 \
    ctl web1 object get things 99
check_says "that names it" 'things.*99' "$output"
check_status "an object without an id is refused" 1 \
    ctl web1 object put things '{"name":"x"}'
check_status "a type that is no name is refused" 2 \
    ctl web1 object list ../etc
json "object delete answers with the revision" '.revision > 0' \
    object delete things 3
mkdir "$scratch/import"
jq -n '[range(10; 260) | {id: ., name: "t\(.)", content: "c"}]' \
    >"$scratch/import/things.json"
json "object import takes a folder" '.revision > 0' \
    object import "$scratch/import"
json "and writes all of it" '.objects | length == 252' object list things
all_imported() {
    [ "$(find "$(root web2)/etc/things" -type f | wc -l)" = 252 ]
}
wait_for "which reaches the nodes" all_imported
wait_for "the cluster converges" converged web1

# --- how things stand
json "status has the names that others rely on" '
    .node == "web1" and .state == "idle" and .connected == true
    and .revision > 0 and .pending == [] and .flag == null
    and (.last_run | .outcome == "changed" or .outcome == "in-sync")
    and (.last_run | has("revision") and has("changes") and has("digest")
        and has("duration_ms"))
    and (.catalog | has("digest") and has("configurations"))' status
check_says "status for people" 'idle' "$(ctl web1 status)"
json "nodes has the names that others rely on" '
    .converged == true and .revision > 0 and (.nodes | length == 2)
    and ([.nodes[] | .alive == true and .state == "idle"
        and .applied.revision > 0 and (.applied.digest | length > 0)
        and (.applied.at | length > 0) and has("catalog")] | all)
    and ([.nodes[].node] | sort == ["web1", "web2"])' nodes
check_says "nodes for people" 'web2' "$(ctl web1 nodes)"
json "queue is empty" '.entries == []' queue
check "queue for people" ctl web1 queue
json "module list has the names that others rely on" '
    (.digest | length > 0) and (.configurations | length == 1)
    and (.configurations[0] | .name == "things" and .module == "things"
        and .version == "1.0" and (.file | endswith("things.so"))
        and .subscribes == ["things"] and .depends == [])' module list
check_says "module list for people" 'things' "$(ctl web1 module list)"
json "module info shows one" '.name == "things"' module info things
check_status "module info of none is an error" 1 ctl web1 module info nothing
json "module reload says what has changed" \
    '.added == [] and .changed == [] and .removed == []
     and (.configurations | length == 1)' module reload
node_use web1 more.conf 'module = "things";' 'name = "more";' \
    'settings = { directory = "/etc/more"; };'
json "a new configuration is added" '.added | contains(["more"])' module reload
wait_for "and runs" test -e "$(root web1)/etc/more/alpha"
rm "$scratch/web1/modules.d/more.conf"
json "one that is taken away is removed" '.removed | contains(["more"])' \
    module reload
wait_for "the node settles" is_settled web1

# --- plan and apply
json "a plan with nothing to do is empty" '.changes == [] and .services == []' \
    plan
check_status "and plan --exit-code says 0" 0 ctl web1 plan --exit-code
etcdctl put $prefix/objects/things/1 \
    '{"id":1,"name":"alpha","content":"new"}' >/dev/null
etcdctl put $prefix/objects/things/4 \
    '{"id":4,"name":"delta","content":"new"}' >/dev/null
etcdctl del $prefix/objects/things/2 >/dev/null
json "a plan names each change" '[.changes[] | select(.kind == "file") |
        {configuration, path, action}] | sort_by(.path) == [
    {"configuration":"things","path":"/etc/things/alpha","action":"update"},
    {"configuration":"things","path":"/etc/things/delta","action":"create"}]' \
    plan
json "and what goes" '[.changes[] | select(.action == "delete").path] ==
    ["/etc/things/beta"]' plan things
check_status "plan --exit-code says 3: changes are pending" 3 \
    ctl web1 plan --exit-code
check_says "plan for people is a diff" '^\+new$' "$output"
check "a preview touches nothing" thing_is web1 alpha one
cp -a "$(root web1)" "$scratch/copy"
ctl web1 plan | (cd "$scratch/copy" && patch -p1 >/dev/null)
check_is "patch(1) applies it" new "$(cat "$scratch/copy/etc/things/alpha")"
check "apply TYPE applies it" ctl web1 apply things
check "now" thing_is web1 alpha new
json "apply says what it did" '.outcome == "in-sync" and .changes == 0
    and .revision > 0' apply --all
json "publish answers with the revision" '.revision > 0' publish things
json "publish --wait waits for all nodes" '.converged == true' \
    publish things --wait
check "after it all nodes have applied" thing_is web2 alpha new
check_is "and have the same digest, whatever was loaded meanwhile" \
    "$(digest web1 web1)" "$(digest web1 web2)"
json "wait returns when the cluster has converged" '.converged == true' wait

# --- the flag
json "flag show without a flag" '.flag == null' flag show
json "flag set" '.flag.kind == "operator" and .flag.error == "hands off"' \
    flag set hands off
json "flag show with a flag" '.flag.error == "hands off"' flag show
json "status shows it" '.flag.error == "hands off"' status
check_says "in words, too" 'hands off' "$(ctl web1 status)"
check_status "apply is halted" 4 ctl web1 apply
check_status "so is wait, for an event that came after" 4 \
    ctl web1 publish things --wait
json "flag clear" '.flag == null' flag clear
wait_for "the cluster converges" converged web1

# --- history
json "history has runs" '.. | objects | select(has("revision")) | true' history
check "history for people" ctl web1 history

# --- with something in the way
etcdctl put "$prefix/lock/test" "" >/dev/null
thing_put web1 9 waiting one
wait_for "queued: status says for what it waits" \
    has_status web1 '.waiting_for // "" | test("in front")'
check_says "in words, too" 'waiting for *[12] in front' "$(ctl web1 status)"
etcdctl del "$prefix/lock/test" >/dev/null
wait_for "then for nothing" has_status web1 '.waiting_for == null'
etcd_stop
wait_for "etcd is away" has_status web1 '.connected == false'
launch TERM "$scratch/apply" "$builddir/ccmctl" apply --all \
    --socket "$scratch/web1/ccmd.sock"
apply=$launched
wait_for "apply says that it waits for it" \
    grep -q 'waiting for .* to answer' "$scratch/apply"
etcd_start
end_of "$apply"
check_is "and goes on when it is back" 0 "$ended"

# --- without a daemon
mkdir -p "$scratch/empty/etc"
check_status "plan --objects DIR needs no daemon" 0 \
    "$builddir/ccmctl" -c "$scratch/web1/ccm.conf" plan --json \
    --objects "$scratch/import" --root "$scratch/empty"
check "and plans all of it" \
    jq -e '[.changes[] | select(.kind == "file")] | length == 250' <<<"$output"
check_status "no daemon: exit status 5" 5 \
    "$builddir/ccmctl" status --socket "$scratch/no.sock"
check_says "and what to do" 'ccmd' "$output"
check_status "an unknown command: exit status 2" 2 ctl web1 frobnicate
check_status "no command: 2" 2 "$builddir/ccmctl"
check_status "an unknown option: 2" 2 ctl web1 status --jsno
check_says "with what was meant" 'did you mean --json' "$output"
check_status "a missing argument: 2" 2 ctl web1 publish
check_status "--help: 0" 0 ctl web1 publish --help
check_status "the socket may come from ccm.conf" 0 \
    "$builddir/ccmctl" -c "$scratch/web1/ccm.conf" status
check_history
done_testing
