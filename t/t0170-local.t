#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The embedded default: one machine, no etcd; events and the flag are files.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

mkdir "$scratch/objects"
things() {
    echo "$1" >"$scratch/objects/things.json.new"
    mv "$scratch/objects/things.json.new" "$scratch/objects/things.json"
}
things '[{"id":1,"name":"alpha","content":"one"}]'
node_make box \
    "store={ kind = \"local\"; path = \"$scratch/store\"; }" \
    "objects={ kind = \"directory\"; path = \"$scratch/objects\"; }"
node_things box
node_start box
wait_for "the daemon starts without etcd" is_settled box
check "with a full run" thing_is box alpha one
check "it says that it is connected" has_status box '.connected and .flag == null'

things '[{"id":1,"name":"alpha","content":"two"}]'
touch "$scratch/store/events/things"
wait_for "touching an event's file is an event" thing_is box alpha two
things '[{"id":1,"name":"alpha","content":"three"}]'
check "ccmctl publish is one" ctl box publish things
wait_for "too" thing_is box alpha three
things '[{"id":1,"name":"alpha","content":"four"}]'
echo "for people" >"$scratch/store/events/things"
wait_for "and so is writing to the file" thing_is box alpha four
wait_for "then it settles" is_settled box

things '[{"id":1,"name":"alpha","content":"five","broken":true}]'
touch "$scratch/store/events/things"
wait_for "a change that fails raises the flag" flag_is box \
    '.kind == "failed" and .node == "box" and .configuration == "things"'
check "which is a file" test -s "$scratch/store/flag"
check "the node is untouched" thing_is box alpha four
newest() {
    ctl box history --json --limit 1 | jq -e ".records[0] | $1"
}
check "the history has the run" newest \
    '.outcome == "failed" and .step == "plan" and .configuration == "things"'
check "with who asked, and why it failed" newest \
    '(.who | contains("things")) and (.error | length > 0) and .revision > 0'
things '[{"id":1,"name":"alpha","content":"six"}]'
touch "$scratch/store/events/things"
wait_for "the repair is applied" thing_is box alpha six
wait_for "and lifts the flag" no_flag box

check "an operator sets the flag" ctl box flag set "not now"
things '[{"id":1,"name":"alpha","content":"seven"}]'
touch "$scratch/store/events/things"
wait_for "the node is held" has_status box \
    '.state == "held" and .pending == ["things"]'
check "untouched" thing_is box alpha six
rm "$scratch/store/flag"
wait_for "removing the file lifts it" thing_is box alpha seven

things 'no JSON'
touch "$scratch/store/events/things"
wait_for "objects that cannot be read raise the flag" \
    flag_is box '.error | contains("things")'
check "and change nothing" thing_is box alpha seven
rm "$scratch/objects/things.json"
touch "$scratch/store/events/things"
wait_for "a missing file is no empty list" has_status box \
    '.flag.error | contains("things.json")'
check "either" thing_is box alpha seven
things '[{"id":1,"name":"alpha","content":"eight"}]'
touch "$scratch/store/events/things"
wait_for "good objects repair it" thing_is box alpha eight

node_stop box KILL
things '[{"id":1,"name":"alpha","content":"nine"}]'
touch "$scratch/store/events/things"
node_start box
wait_for "what happened while it was away is applied at start" \
    thing_is box alpha nine
node_stop box
check_is "it stops" 0 "$ended"
done_testing
