#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# ccmctl apply --plan: exactly what was previewed, or nothing.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

mkdir "$scratch/objects"
# Nothing says that the objects have changed: only what we ask for is done.
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
wait_for "the node applies what there is" thing_is box alpha one
wait_for "and settles" is_settled box

digest_of_plan() {
    sed -n 's/^# plan \([0-9a-f]*\)$/\1/p'
}
records() {
    ctl box history --json | jq '.records | length'
}

things '[{"id":1,"name":"alpha","content":"two"}]'
text=$(ctl box plan)
digest=$(digest_of_plan <<<"$text")
check_says "plan prints a digest" '^[0-9a-f]{32}$' "$digest"
check_is "as its last line" "# plan $digest" "$(tail -n 1 <<<"$text")"
check_is "the same with --json" "$digest" \
    "$(ctl box plan --json | jq -r .digest)"
check "the node is untouched" thing_is box alpha one

before=$(records)
things '[{"id":1,"name":"alpha","content":"three"}]'
check_status "what has changed since is not applied" 1 \
    ctl box apply --plan "$digest"
check_says "it says so" "the plan is no longer $digest but [0-9a-f]{32}" \
    "$output"
check_says "and what to do" 'nothing has been applied.*ccmctl plan' "$output"
check "nothing has been applied" thing_is box alpha one
check "there is no flag" no_flag box
wait_for "nor anything left to be done" is_settled box
check_is "the history has no run of it" "$before" "$(records)"
check "and still nothing has been applied" thing_is box alpha one

digest=$(ctl box plan | digest_of_plan)
check_status "what was previewed is applied" 0 ctl box apply --plan "$digest"
check "as it was" thing_is box alpha three

# The node itself is a part of what was seen.
things '[{"id":1,"name":"alpha","content":"four"}]'
digest=$(ctl box plan things | digest_of_plan)
path=$(grep -rl three "$(root box)/etc/things" | head -n 1)
echo "by hand" >"$path"
check_status "a node that has changed since is left alone" 1 \
    ctl box apply --plan "$digest" things
check_is "it is" "by hand" "$(cat "$path")"
digest=$(ctl box plan things | digest_of_plan)
check_status "what is seen then is applied" 0 \
    ctl box apply --plan "$digest" things
check "as it was seen" thing_is box alpha four
check_status "an invalid digest is refused" 1 ctl box apply --plan nonsense
check "there is no flag at the end" no_flag box
done_testing
