#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# make install makes what a node needs; its unit is hardened.
# shellcheck source=t/e2e/tap.sh
. "${srcdir:-.}/t/e2e/tap.sh"

destination=$scratch/destination
check "make install succeeds" make -C "$builddir" -s install \
    DESTDIR="$destination" prefix=/usr sysconfdir=/etc localstatedir=/var
for folder in etc/ccm/modules.d:755 var/lib/ccm:700 var/lib/ccm/objects:700; do
    check_is "/${folder%:*} is there, with its mode" "${folder#*:}" \
        "$(stat -c %a "$destination/${folder%:*}")"
done
conf=$destination/etc/ccm/ccm.conf
check "a configuration for one machine is in force" cmp "$conf" \
    "$srcdir/etc/ccm.conf"
echo 'node = "mine";' >>"$conf"
check "it is installed again" make -C "$builddir" -s install \
    DESTDIR="$destination" prefix=/usr sysconfdir=/etc localstatedir=/var
check "what the operator wrote is kept" grep -q mine "$conf"

# As installed, but for the places.
{
    cat "$srcdir/etc/ccm.conf"
    echo "modules_d = \"$destination/etc/ccm/modules.d\";"
    echo "state_dir = \"$scratch/state\";"
    echo "module_dirs = (\"$scratch\");"
    echo "runner = \"$builddir/ccm-runner\";"
} >"$scratch/ccm.conf"
check_status "ccmd -t accepts it" 0 "$builddir/ccmd" -t -c "$scratch/ccm.conf"

output=$("$builddir/ccmd" -t 2>&1)
if grep -q 'does not exist' <<<"$output"; then
    check_says "without ccm.conf the error names the example" \
        'ccm/ccm.conf does not exist.*/examples/ccm.conf' "$output"
else
    ok "without ccm.conf the error names the example # SKIP a ccm is installed"
fi

unit=$destination/usr/lib/systemd/system/ccmd.service
check_is "a start and a reload check first" "2" \
    "$(grep -cE '^Exec(StartPre|Reload)=.*/ccmd -t ' "$unit")"
check "the unit has a watchdog" grep -q '^WatchdogSec=' "$unit"
if command -v systemd-analyze >/dev/null; then
    check "and an exposure of at most 4.0" systemd-analyze security \
        --offline=true --no-pager --threshold=40 "$unit"
else
    ok "and an exposure of at most 4.0 # SKIP systemd-analyze is missing"
fi
done_testing
