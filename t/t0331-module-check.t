#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# ccmctl module check: what is not deterministic or not careful is found.
# shellcheck source=t/e2e/tap.sh
. "$(dirname "$0")/e2e/tap.sh" || exit 1

mkdir "$scratch"/{objects,modules,root} || exit 1
cat >"$scratch/ccm.conf" <<END
store = { kind = "local"; path = "$scratch/store"; };
state_dir = "$scratch/state";
runner = "$builddir/ccm-runner";
module_dirs = ("$scratch/modules");
rollout = { plan_timeout = 3; };
END
cat >"$scratch/objects/things.json" <<'END'
[{"id": 2, "name": "beta", "count": 2, "colour": "blue"},
 {"id": 1, "name": "alpha", "count": 1, "colour": "red"}]
END
for module in "$builddir"/t/modules/*.so "$builddir"/modules/*.so; do
    install -m 644 "$module" "$scratch/modules/"
done

# examine NAME [OPTION...]: with the samples.
examine() {
    local name=$1
    shift
    "$builddir/ccmctl" -c "$scratch/ccm.conf" module check \
        "$scratch/modules/$name.so" --objects "$scratch/objects" "$@"
}

# careless ACT STATUS SENTENCE [PATTERN]
careless() {
    printf '%s\n' 'module = "careless";' "settings = { act = \"$1\"; };" \
        >"$scratch/careless.conf"
    check_status "$3" "$2" examine careless \
        --settings "$scratch/careless.conf"
    [ -z "${4-}" ] || check_says "and it says why" "$4" "$output"
}

careless good 0 "a careful module passes" '[0-9]+ plans, 0 findings'
check_says "with all fields tried" '^careless 1: 17 plans' "$output"
careless clock 1 "a module that asks the clock is found" \
    '^finding: the same objects do not give the same plan.*/careless/clock'
careless members 1 "one that writes members as they come is found" \
    '^finding: depends on the order of the members.*/careless/a'
careless order 1 "one that declares by the order of objects is found" \
    '^finding: the declarations depend on the order.*/careless/alpha'
careless list 0 "a list in the order of the objects is accepted" \
    '^note: depends on the order of the objects .*/careless/list'
careless crash 1 "one that crashes when a field is missing is found" \
    '^finding: does not survive when "colour" of things/1 is missing: (crashed|exited)'
check_says "and when it is of another type" \
    '"colour" of things/1 is of another type: (crashed|exited)' "$output"
careless fail 1 "one that fails because of one object is found" \
    '^finding: fails as a whole.*"count" of things/1 is missing: no count'
careless lines 1 "one that lets a line break into a file of lines is found" \
    '^finding: a line break in "name" of things/1 is not escaped: .*/careless/lines'
check_is "and other fields are not blamed for it" 1 \
    "$(grep -c '^finding' <<<"$output")"
careless nowhere 1 "one whose plan fails on this node is found" \
    '^finding: it cannot be compared with .*/nowhere/at/all'
# It would take hours if each declaration were compared with each.
careless many 0 "a hundred thousand declarations are compared" '0 findings'
careless path 1 "one that lets a text into a path is found" \
    '^finding: fails as a whole.*"name" of things/1 is hostile text: .*path'
printf '%s\n' 'module = "hostile";' 'settings = { act = "hang"; };' \
    >"$scratch/hostile.conf"
check_status "one that hangs is found" 1 \
    examine hostile --settings "$scratch/hostile.conf"
check_says "and it says so" '^finding: plan: timed out' "$output"

# --- the descriptor, as the host examines it
# refused NAME PATTERN
refused() {
    check_status "$1 is refused" 1 examine "$1"
    check_says "with the field and both values" "^finding: .*$2" "$output"
}
refused wrong-abi 'abi is 77; this ccm supports 1'
refused boasting 'size is 4096; expected [0-9]+ to [0-9]+ '
refused nameless 'name is "\(NULL\)"; expected \[a-z\]'
refused bad-name 'name is "Not A Name"; expected \[a-z\]'
refused no-symbol 'exports no constant "ccm_module"'
refused constructor-crashes 'crashed \(SIGABRT'
refused constructor-exits 'called exit'
check_status "an older, shorter descriptor is none" 0 examine shorter
check_status "nor is a newer, longer one" 0 examine longer
printf '%s\n' '#include <ccm/module.h>' \
    'static int plan(struct ccm_run *run)' \
    '{ return ccm_fail(run, "\033[2Jgone"); }' \
    'CCM_MODULE(.name = "loud", .version = "\033[1m", .plan = plan);' \
    >"$scratch/loud.c"
# shellcheck disable=SC2046
if ${CC:-cc} -shared -fPIC $(pkg-config --cflags jansson) -I "$srcdir/core" \
    -o "$scratch/modules/loud.so" "$scratch/loud.c"; then
    check_status "one that would clear the screen is found" 1 examine loud
    check_says "with what it says made visible" 'finding: plan: \\x1b\[2Jgone' \
        "$output"
    check_says "as is its version" '^loud \\x1b\[1m: 1 plans' "$output"
    check_is "no escape sequence comes out" 0 \
        "$(grep -c $'\033' <<<"$output")"
fi
mkdir "$scratch/elsewhere"
install -m 644 "$builddir/t/modules/ok.so" "$scratch/elsewhere/linked.so"
ln -s ../elsewhere/linked.so "$scratch/modules/linked.so"
check_status "a link out of module_dirs is found" 1 examine linked
check_says "with where it leads" \
    '^finding: .*modules/linked.so is a symbolic link out of .*elsewhere' \
    "$output"
echo "no module" >"$scratch/modules/text.so"
check_status "a file that is no module is refused" 1 examine text
check_says "as the loader says" 'text.so: .*(ELF|short)' "$output"
check_status "a file that is not there is no finding" 1 examine nothing
check_says "but an error" 'nothing.so: No such file' "$output"
printf '%s\n' 'module = "ok";' 'settings = { refuse = "no"; };' \
    >"$scratch/ok.conf"
check_status "settings that check() refuses are found" 1 \
    examine ok --settings "$scratch/ok.conf"
check_says "with its reason" '^finding: .*refused: no' "$output"
chmod 666 "$scratch/modules/ok.so"
check_status "where it lies is only noted" 0 examine ok
check_says "with what to do" \
    'note: .*would refuse to load this file: .*ok.so is writable by other users' "$output"
if [ "$(id -u)" -eq 0 ]; then
    chmod 600 "$scratch/modules/ok.so"
    check_status "a module that only root can read is refused" 1 examine ok
    check_says "with who must read it" \
        'ok.so has mode 0600, but planners.*must read it: chmod a\+r' "$output"
fi
chmod 644 "$scratch/modules/ok.so"
echo 'modul = "ok";' >"$scratch/ok.conf"
check_status "a misspelt declaration is an error" 1 \
    examine ok --settings "$scratch/ok.conf"
check_says "with file and line" 'ok.conf:1: unknown key "modul"' "$output"
check_status "without samples there is a plan, too" 0 \
    "$builddir/ccmctl" -c "$scratch/ccm.conf" module check \
    "$scratch/modules/ok.so"
check_says "and a note" '^note: planned without objects' "$output"

document=$(examine careless --settings "$scratch/careless.conf" --json)
check_is "--json has all of it" \
    '["file","findings","module","notes","plans","version"]' \
    "$(jq -c keys <<<"$document")"
check_is "the findings are sentences" string \
    "$(jq -r '.findings[0] | type' <<<"$document")"

# --- ours
cat >"$scratch/objects/unix-users.json" <<'END'
[{"id": 1, "username": "alice", "unix_id": 2001, "home_directory":
  "/home/alice"}, {"id": 2, "username": "bob", "unix_id": 2002,
  "home_directory": "/home/bob"}]
END
cat >"$scratch/objects/crons.json" <<'END'
[{"id": 1, "name": "one", "unix_user_id": 1, "command": "true",
  "schedule": "* * * * *", "email_address": "a@example.org"},
 {"id": 2, "name": "two", "unix_user_id": 2, "command": "false",
  "schedule": "1 2 * * *", "timeout_seconds": 600, "is_active": true}]
END
cat >"$scratch/objects/fpm-pools.json" <<'END'
[{"id": 1, "name": "alice", "version": "8.2", "unix_user_id": 1,
  "max_children": 5, "php_settings": {"memory_limit": "64M",
  "display_errors": "off"}}]
END
check_status "crontab passes" 0 examine crontab
echo "# $output"
sed 's/^#.*//' "$srcdir/modules.d/fpm-pools.conf" >"$scratch/fpm-pools.conf"
check_status "fpm-pools passes" 0 examine fpm-pools \
    --settings "$scratch/fpm-pools.conf"
done_testing
