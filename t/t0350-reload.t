#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Taking modules in, changing them and taking them away, while a node works.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

mkdir "$scratch/objects"
# things VERSION: the objects of that version.
things() {
    printf '[{"id": 1, "name": "alpha", "content": "%s"}]\n' "$1" \
        >"$scratch/objects/things.json.new"
    mv "$scratch/objects/things.json.new" "$scratch/objects/things.json"
}
things one
node_make box \
    "store={ kind = \"local\"; path = \"$scratch/store\"; }" \
    "objects={ kind = \"directory\"; path = \"$scratch/objects\"; }"
gate_make
node_things box
module_add things

# things_so VERSION [MODULE]: the module with another version in it, put in
# place as a package manager would.
things_so() {
    sed "s/1\\.0\\x00/$1\\x00/" "$builddir/t/e2e/things.so" \
        >"$modules/${2:-things}.so.new"
    chmod 644 "$modules/${2:-things}.so.new"
    mv "$modules/${2:-things}.so.new" "$modules/${2:-things}.so"
}
# more NAME [LINE...]: one more configuration, with a directory of its own.
more() {
    node_use box "$1.conf" 'module = "things";' "name = \"$1\";" \
        "settings = { directory = \"/etc/$1\"; };" "${@:2}"
}
reload() {
    ctl box module reload
}
names() {
    ctl box module list --json | jq -r '[.configurations[].name] | join(" ")'
}
version_of() {
    ctl box module list --json |
        jq -r ".configurations[] | select(.name == \"$1\").version"
}
publish() {
    things "$1"
    ctl box publish things >/dev/null
}

# What a sanitizer keeps after it was freed is no leak.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=0
ASAN_OPTIONS=$ASAN_OPTIONS:thread_local_quarantine_size_kb=0
node_start box
wait_for "a node starts" is_settled box
check "with its thing" thing_is box alpha one
check_says "what cannot be confined is in status" '"missing":' \
    "$(ctl box status --json)"

# --- added, changed, removed
check_says "a reload of the same says so" '^nothing has changed; in force: 1 ' \
    "$(reload)"
more extra
check_says "one that is new is added" '^added +extra$' "$(reload)"
wait_for "and what it declares is applied" \
    cmp "$(root box)/etc/things/alpha" "$(root box)/etc/extra/alpha"
wait_for "then it settles" is_settled box
rm "$scratch/box/modules.d/extra.conf"
things_so 1.1
output=$(reload)
check_says "one that is gone is removed" '^removed +extra$' "$output"
check_says "one that has changed has an old and a new version" \
    '^changed +things 1\.0 -> 1\.1$' "$output"
check_is "which is in force" "things 1.1" "$(names) $(version_of things)"
node_things box 'settings = { directory = "/etc/elsewhere"; };'
check_says "new settings are a change" '^changed +things 1\.1, but its cont' \
    "$(reload)"
wait_for "which is applied" test -f "$(root box)/etc/elsewhere/alpha"
node_things box
things_so 1.2
kill -HUP "${node_pid[box]}"
is_version() {
    [ "$(version_of things)" = "$1" ]
}
wait_for "SIGHUP does the same" is_version 1.2
wait_for "and logs it" log_says box 'changed things 1\.1 -> 1\.2'
wait_for "it settles" is_settled box

# --- all or nothing
more good
node_use box bad.conf 'module = "things";' 'name = "bad";' 'depends = ("nobody");'
things_so 1.3
digest=$(ctl box module list --json | jq -r .digest)
check_status "a set with a fault is refused" 1 reload
check_says "by name" 'bad.conf: .*nobody' "$output"
check_is "and nothing of it is taken" "things 1.2 $digest" \
    "$(names) $(version_of things) $(ctl box module list --json |
        jq -r .digest)"
check "not even later" test ! -e "$(root box)/etc/good"
rm "$scratch/box/modules.d/"{bad,good}.conf

# --- a file that changes without a reload is noticed before it is used
things two
ctl box publish things >/dev/null
wait_for "an event with another file in its place is not run" has_status box \
    '.error // .trouble // "" | contains("ccmctl module reload")'
check "the thing is what it was" thing_is box alpha one
check "and no flag is raised, for nothing was tried" no_flag box
check_says "nor is it previewed as if it were in force" \
    'ccmctl module reload' "$(ctl box plan 2>&1)"
things_so 1.3
check_says "the reload that it asks for" 'things 1\.2 -> 1\.3' "$(reload)"
wait_for "lets the event be applied" thing_is box alpha two
wait_for "and it settles" is_settled box

# --- never in a turn
node_things box "settings = { command = \"$scratch/gate\"; };"
check "a configuration with a gate is taken" reload
wait_for "and settles" is_settled box
gate_forget
gate_shut
publish three
wait_for "a turn is held open" gate_reached
more extra
"$builddir/ccmctl" module reload --socket "$scratch/box/ccmd.sock" \
    >"$scratch/reloaded" 2>&1 &
reloading=$!
wait_for "the new set has been loaded" log_says box 'module reload: loaded'
check_is "in the turn the old one is in force" things "$(names)"
check "and the reload waits" kill -0 $reloading
gate_open
wait $reloading
check_says "after it the new one is" '^added +extra' "$(cat "$scratch/reloaded")"
wait_for "what the turn was for is there" thing_is box alpha three
wait_for "and what the new set must apply" test -f "$(root box)/etc/extra/alpha"
node_things box
rm "$scratch/box/modules.d/extra.conf"
reload >/dev/null
wait_for "it settles" is_settled box

# --- fifty in a circle
for ((i = 1; i <= 50; i++)); do
    node_use box "c$i.conf" 'module = "things";' "name = \"c$i\";" \
        "depends = (\"c$((i % 50 + 1))\");"
done
check_status "a cycle through fifty is refused" 1 reload
check_is "and printed in order" 51 \
    "$(grep -oE 'c[0-9]+( -> c[0-9]+)+' <<<"$output" | head -n 1 |
        sed 's/ -> /\n/g' | tr -d c |
        awk 'NR > 1 && $1 != last % 50 + 1 { exit } { last = $1; n++ }
            END { print n }')"
rm "$scratch"/box/modules.d/c[0-9]*.conf

# --- under load
memory_kb() {
    awk '/^VmRSS/ { print $2 }' "/proc/${node_pid[box]}/status"
}
descriptors() {
    find "/proc/${node_pid[box]}/fd" -mindepth 1 | wc -l
}
events() {
    local n=0
    while [ ! -e "$scratch/enough" ]; do
        publish "event $((++n))" || echo "publish failed" >>"$scratch/lost"
        echo $n >"$scratch/last"
    done
}
# A few rounds first: what is allocated once is allocated then.
reloads() {
    local i failed=0
    for ((i = 0; i < $1; i++)); do
        things_so "2.$((i % 10))"
        reload >/dev/null 2>&1 || failed=$((failed + 1))
    done
    echo $failed
}
events &
loader=$!
check_is "reloads while events arrive" 0 "$(reloads 40)"
before=$(memory_kb) before_fds=$(descriptors)
check_is "200 more of them" 0 "$(reloads 200)"
touch "$scratch/enough"
wait $loader
check "no event was refused" test ! -e "$scratch/lost"
wait_for "the last event is applied: nothing was lost" \
    thing_is box alpha "event $(cat "$scratch/last")"
wait_for "it settles" is_settled box
check "no flag came of it" no_flag box
after=$(memory_kb) after_fds=$(descriptors)
# In valgrind most of it is valgrind's.
[ "$slowness" -gt 1 ] ||
    check "its memory is flat ($before kB, then $after kB)" \
        test $((after - before)) -le 2048
fds_are_flat() {
    [ "$(descriptors)" -le $((before_fds + 2)) ]
}
wait_for "so are its descriptors ($before_fds, then $after_fds)" fds_are_flat
check_is "the version is the last one" 2.9 "$(version_of things)"
check_is "the daemon has no child left but the spare" "" \
    "$(pgrep -P "${node_pid[box]}" | xargs -r ps -o comm= -p | grep -vx ccm-spare)"
done_testing
