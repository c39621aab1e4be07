#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The runner that waits for the next job: it is used, it is what a fresh one
# would be, and nothing depends on it.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

mkdir "$scratch/objects" "$scratch/bin"
# A runner of this test's own, so that it can be replaced.
cp "$builddir/ccm-runner" "$scratch/bin/ccm-runner"
node_make box "runner=\"$scratch/bin/ccm-runner\"" \
    "store={ kind = \"local\"; path = \"$scratch/store\"; }" \
    "objects={ kind = \"directory\"; path = \"$scratch/objects\"; }"
# The change runs a command, which records whose it is: its parent is the
# process that watches over it, and that one's parent is the runner.
cat >"$scratch/bin/record" <<END
#!/bin/sh
sed -n 's/^PPid:[^0-9]*//p' "/proc/\$PPID/status" >"$scratch/runner"
END
chmod 755 "$scratch/bin/record"
node_things box "settings = { command = \"$scratch/bin/record\"; };"

publish() {
    printf '[{"id": 1, "name": "alpha", "content": "%s"}]\n' "$1" \
        >"$scratch/objects/things.json.new"
    mv "$scratch/objects/things.json.new" "$scratch/objects/things.json"
    ctl box publish things >/dev/null
}
spare() {
    pgrep -x -P "${node_pid[box]}" ccm-spare
}
# there_is_a_spare: its pid is in $waiting. Only one that has prepared itself
# waits in poll.
there_is_a_spare() {
    waiting=$(spare) && grep -q poll "/proc/$waiting/wchan" 2>/dev/null
}
is_gone() {
    ! kill -0 "$1" 2>/dev/null
}
# The process that made the last change.
last_runner() {
    cat "$scratch/runner"
}
# changes CASE CONTENT PID: the change is made, by that process or (!PID) not.
changes() {
    publish "$2"
    wait_for "$1: the change is made" thing_is box alpha "$2"
    wait_for "$1: the turn has ended" is_settled box
    if [ "${3#!}" = "$3" ]; then
        check_is "$1: by the spare" "$3" "$(last_runner)"
    else
        check "$1: not by the spare" test "$(last_runner)" != "${3#!}"
        wait_for "$1: which is gone" is_gone "${3#!}"
    fi
}

publish one
node_start box
wait_for "a node starts" is_settled box
wait_for "a while later a spare waits" there_is_a_spare
changes "the next event" two "$waiting"

wait_for "then there is another" there_is_a_spare
kill -KILL "$waiting"
changes "a spare that was killed" three "!$waiting"

wait_for "and again" there_is_a_spare
kill -STOP "$waiting"
kill -KILL "$waiting"
publish four
wait_for "one that dies as the job comes" thing_is box alpha four
wait_for "raises no flag" is_settled box

wait_for "and again" there_is_a_spare
install -m 755 "$builddir/ccm-runner" "$scratch/bin/new"
mv "$scratch/bin/new" "$scratch/bin/ccm-runner"
changes "after an upgrade of the runner" five "!$waiting"

wait_for "and again" there_is_a_spare
sed -i 's/quiet = 0.2/quiet = 0.3/' "$scratch/box/ccm.conf"
changes "after a change of ccm.conf" six "!$waiting"

wait_for "and again" there_is_a_spare
printf '// more\n' >>"$scratch/box/modules.d/things.conf"
changes "after a comment in modules.d" seven "$waiting"

wait_for "and again" there_is_a_spare
sed -i 's/settings = {/settings = { a = 1;/' \
    "$scratch/box/modules.d/things.conf"
publish eight
modules_have_changed() {
    grep -q 'since the modules were loaded' "$scratch/box/log"
}
wait_for "a change in modules.d is noticed as ever" modules_have_changed
check "and nothing is applied" thing_is box alpha seven
ctl box module reload >/dev/null
wait_for "until it is loaded" thing_is box alpha eight

wait_for "and again" there_is_a_spare
was=$waiting
node_stop box
check_is "ccmd ends as it should" 0 "$ended"
wait_for "and its spare with it" is_gone "$was"
node_start box
wait_for "after a restart" is_settled box
publish nine
wait_for "it works" thing_is box alpha nine
wait_for "and again" there_is_a_spare
was=$waiting
node_stop box KILL
wait_for "a spare does not outlive ccmd" is_gone "$was"
done_testing
