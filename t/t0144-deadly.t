#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A change whose own command kills ccmd is not tried for ever: after a few
# deaths in a row at the same work the node leaves it alone.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

etcd_start
cat >"$scratch/deadly" <<END
#!/bin/sh
[ ! -e "$scratch/is-deadly" ] || kill -KILL "\$(cat "$scratch/pid")"
[ ! -e "$scratch/is-deadly" ] || sleep 60
END
chmod 755 "$scratch/deadly"
node_make web1
node_things web1 "settings = { command = \"$scratch/deadly\"; };"
node_start web1
wait_for "a node starts" is_settled web1

pid_is_known() {
    echo "${node_pid[web1]}" >"$scratch/pid"
}
dies() {
    wait_for "$1: the change kills ccmd" node_died
    end_of "${node_pid[web1]}"
}
node_died() {
    ! kill -0 "${node_pid[web1]}" 2>/dev/null
}
pid_is_known
touch "$scratch/is-deadly"
thing_put web1 1 alpha one
dies "the first time"
for time in second third; do
    node_launch web1
    pid_is_known
    dies "the $time time"
done
before=$(revision_now)
node_start web1
pid_is_known
wait_for "after three deaths it is held" has_status web1 '.state == "failed"'
check "the flag names step, configuration, command and revision" \
    flag_is web1 '.step == "crash" and .configuration == "things" and
        (.error | contains("deadly")) and .revision > 0 and
        (.error | contains("left alone"))'
check_says "so does the history" 'interrupted at commit of things: .*deadly' \
    "$(ctl web1 history --json)"
check_is "no turn has begun since" "" \
    "$(turns "$before" | tr ' ' '\n' | grep -v failed)"

# Neither a restart nor a reboot makes it try again.
node_stop web1
before=$(revision_now)
node_start web1
pid_is_known
wait_for "after a restart it is still held" \
    has_status web1 '.state == "failed" and .flag.step == "crash"'
check_is "no turn has begun since the restart" "" "$(turns "$before")"
check "ccmd is still the same process" kill -0 "${node_pid[web1]}"

rm "$scratch/is-deadly"
thing_put web1 1 alpha two
wait_for "a newer event is tried" thing_is web1 alpha two
wait_for "and lifts the flag" no_flag web1

# An operator may have it tried, too.
touch "$scratch/is-deadly"
thing_put web1 1 alpha three
dies "once more"
for time in second third; do
    node_launch web1
    pid_is_known
    dies "once more, the $time time"
done
rm "$scratch/is-deadly"
node_start web1
wait_for "it is held again" has_status web1 '.state == "failed"'
check "an operator lifts the flag" ctl web1 flag clear
wait_for "and it is tried" thing_is web1 alpha three
done_testing
