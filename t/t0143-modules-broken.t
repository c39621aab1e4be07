#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A set of modules that is broken on disk is an accident of installation: no
# flag, the old catalog stays in force, status says so. And a node that was
# given other modules is behind until it has run by them.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

etcd_start
node_make web1
node_things web1
node_make web2
node_things web2
node_start web1
node_start web2
wait_for "two nodes are idle" is_settled web1
wait_for "both of them" is_settled web2
catalog=$(ctl web1 status --json | jq -r .catalog.digest)

# broken SENTENCE: modules.d of web1 is broken; an event comes.
id=0
broken() {
    id=$((id + 1))
    thing_put web2 $id "name$id" "$1"
    wait_for "$1: the other node applies the event" thing_is web2 "name$id" "$1"
    wait_for "$1: status says what is wrong" \
        has_status web1 '.trouble != null and .pending == ["things"]'
    check "$1: no flag" no_flag web1
    check_is "$1: the old catalog stays in force" "$catalog" \
        "$(ctl web1 status --json | jq -r .catalog.digest)"
}
mended() {
    check "$1: a reload takes it back" ctl web1 module reload
    wait_for "$1: what was missed is applied at once" \
        thing_is web1 "name$id" "$1"
}

conf=$scratch/web1/modules.d
echo 'module = "not-there-yet";' >"$conf/extra.conf"
broken "a module that is not there yet"
rm "$conf/extra.conf"
mended "a module that is not there yet"

echo 'module = ' >"$conf/extra.conf"
broken "a declaration cut short"
rm "$conf/extra.conf"
mended "a declaration cut short"

echo 'this is not a library' >"$scratch/modules/half.so"
echo 'module = "half";' >"$conf/extra.conf"
broken "half a module"
rm "$conf/extra.conf"
mended "half a module"

mv "$conf" "$conf.away"
broken "no modules.d at all"
mv "$conf.away" "$conf"
mended "no modules.d at all"

# Held by an operator, so that the run after a reload waits.
ctl web2 flag set "maintenance" >/dev/null
cat >"$conf/more.conf" <<'END'
module = "things";
name = "more";
subscribes = ("others");
settings = { directory = "/etc/more"; };
END
if ctl web1 module reload >"$scratch/reload.log" 2>&1; then
    nodes_say() {
        ctl web2 nodes --json | jq -e "$1" >/dev/null
    }
    wait_for "a node with other modules is behind until it has run" nodes_say \
        '.converged == false and (.nodes[] | select(.node == "web1") |
            .converged == false)'
    check_status "wait does not say that all is well" 4 \
        ctl web2 wait --timeout 5
    ctl web2 flag clear >/dev/null
    wait_for "it converges when it has run" nodes_say '.converged'
    check "and wait says so" ctl web2 wait --timeout 60
else
    diagnose <"$scratch/reload.log"
    check "the second configuration loads" false
fi
done_testing
