#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Bad ccm.conf, bad modules.d: a clear error each, and what ran still runs.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

mkdir "$scratch/objects"
echo '[{"id":1,"name":"alpha","content":"one"}]' >"$scratch/objects/things.json"
local_store=(
    "store={ kind = \"local\"; path = \"$scratch/store\"; }"
    "objects={ kind = \"directory\"; path = \"$scratch/objects\"; }"
)
module_add things

test_configuration() {
    timeout "$patience" "$builddir/ccmd" -t -c "$scratch/$1/ccm.conf"
}

node_make web1 "${local_store[@]}"
node_things web1
check "a good configuration passes ccmd -t" test_configuration web1
check_status "ccmd -t started nothing and left no socket" 1 \
    test -e "$scratch/web1/ccmd.sock"

# bad_conf SENTENCE PATTERN KEY=VALUE...
bad_conf() {
    local sentence=$1 pattern=$2
    shift 2
    node_make bad "${local_store[@]}" "$@"
    node_things bad
    check_status "$sentence is refused" 1 test_configuration bad
    check_says "  with a clear message" "$pattern" "$output"
}
bad_conf "an unknown key" 'ccm.conf:[0-9]+: .*rooot' 'rooot="/"'
bad_conf "a value of another type" 'ccm.conf:[0-9]+: .*node' 'node=17'
bad_conf "a value out of range" 'ccm.conf:[0-9]+: .*quiet' \
    'settle={ quiet = -1.0; }'
bad_conf "a misspelt key in a group" 'ccm.conf:[0-9]+: .*quite' \
    'settle={ quite = 1.0; }'
bad_conf "an unknown kind of store" 'ccm.conf:[0-9]+: .*kind' \
    'store={ kind = "paper"; }'
bad_conf "etcd without endpoints" 'ccm.conf:[0-9]+: .*endpoints' \
    'store={ kind = "etcd"; }'
bad_conf "what libconfig cannot read" 'ccm.conf:[0-9]+: ' 'node=="web1"'
if [ "$(id -u)" -eq 0 ]; then
    node_make bad "${local_store[@]}"
    node_things bad
    chmod 666 "$scratch/bad/ccm.conf"
    check_status "a ccm.conf that anybody can write to is refused" 1 \
        test_configuration bad
    check_says "  with what to do" \
        'ccm.conf can be written by others \(mode 0666\).*chmod go-w' "$output"
    chmod 644 "$scratch/bad/ccm.conf"
    chown 65534 "$scratch/bad/ccm.conf"
    check_status "so is one that another user owns" 1 test_configuration bad
    check_says "  by name" 'ccm.conf belongs to user 65534.*chown root' \
        "$output"
    chown 0 "$scratch/bad/ccm.conf"
fi
check_status "a missing ccm.conf is refused" 1 \
    "$builddir/ccmd" -t -c "$scratch/none.conf"
check_says "  by name" 'none.conf' "$output"
check_status "a wrong option is a usage error" 2 "$builddir/ccmd" --nonsense

node_start web1
wait_for "the daemon starts" is_settled web1
check "and applies" thing_is web1 alpha one
catalog=$(ctl web1 module list --json | jq -S .)

# bad_module SENTENCE PATTERN: what has been put into modules.d of web1 is
# refused by ccmd -t and by module reload, and what ran before still runs.
bad_module() {
    check_status "$1 is refused" 1 test_configuration web1
    check_says "  with a clear message" "$2" "$output"
    check_status "  module reload refuses it" 1 ctl web1 module reload
    check_says "  with the reason" "$2" "$output"
    check_is "  the old catalog stays" "$catalog" \
        "$(ctl web1 module list --json | jq -S .)"
    rm -f "$scratch/web1/modules.d/"extra*.conf
}
use() {
    node_use web1 "$@"
}
use extra.conf 'module = "no-such-module";'
bad_module "a module that is not there" 'extra.conf.*no-such-module'
use extra.conf 'modul = "things";'
bad_module "an unknown key in modules.d" 'extra.conf:[0-9]*:? .*modul'
use extra.conf 'module = "things"'  'oops'
bad_module "a file in modules.d that cannot be read" 'extra.conf'
use extra.conf 'module = "things";' 'name = "more";' 'depends = ("nobody");'
bad_module "a dependency that is not loaded" 'extra.conf.*nobody'
use extra1.conf 'module = "things";' 'name = "one";' 'depends = ("two");'
use extra2.conf 'module = "things";' 'name = "two";' 'depends = ("three");'
use extra3.conf 'module = "things";' 'name = "three";' 'depends = ("one");'
bad_module "a cycle" 'one -> two -> three -> one|two -> three -> one -> two|three -> one -> two -> three'
use extra.conf 'module = "things";'
bad_module "two configurations of one name" 'extra.conf.*things.conf|things.conf.*extra.conf'
use extra.conf 'module = "things";' 'name = "More";'
bad_module "an invalid name" 'extra.conf.*name'
use extra.conf 'module = "things";' 'name = "more";'
chmod 666 "$scratch/web1/modules.d/extra.conf"
bad_module "a file that anyone could have written" 'extra.conf is writable'

use extra.conf 'module = "things";' 'name = "more";'
check "a second configuration of the same module is taken" \
    ctl web1 module reload
check_status "but two that declare one path fail the run" 1 ctl web1 apply
check_says "  which names the path and both" \
    '/etc/things.*(things.*more|more.*things)' "$output"
check "the daemon lives" node_lives web1
rm "$scratch/web1/modules.d/extra.conf"
check "taking it away again" ctl web1 module reload
echo '[{"id":1,"name":"alpha","content":"two"}]' >"$scratch/objects/things.json"
check "lets the node run" ctl web1 apply
check "and change" thing_is web1 alpha two

# Order: as the dependencies say, whatever the files are called.
use a.conf 'module = "things";' 'name = "third";' 'depends = ("second");' \
    'settings = { directory = "/etc/third"; };'
use b.conf 'module = "things";' 'name = "second";' 'depends = ("first");' \
    'settings = { directory = "/etc/second"; };'
use c.conf 'module = "things";' 'name = "first";' 'after = ("things");' \
    'settings = { directory = "/etc/first"; };'
check "configurations with dependencies load" ctl web1 module reload
check_is "and run in their order" "things first second third" \
    "$(ctl web1 module list --json |
        jq -r '[.configurations[].name] | join(" ")')"
check "all of them run" ctl web1 apply
check "in a directory each" \
    cmp "$(root web1)/etc/first/alpha" "$(root web1)/etc/third/alpha"
use b.conf 'module = "things";' 'name = "second";' 'enabled = false;'
check_status "a disabled one is not there to depend on" 1 \
    ctl web1 module reload
check_says "which is said" 'second' "$output"
done_testing
