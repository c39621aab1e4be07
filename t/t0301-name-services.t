#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Owners may be users whom only a name service knows (nsswitch.conf), on this
# machine's own root alone. The namespace of mounts is the test's own.
# shellcheck source=t/e2e/tap.sh
. "$(dirname "$0")/e2e/tap.sh" || exit 1

if [ ! -d /var/lib/extrausers ]; then
    echo "1..0 # SKIP libnss-extrausers is not installed"
    exit 0
fi
if ! unshare -m true 2>/dev/null; then
    echo "1..0 # SKIP mount namespaces need root"
    exit 0
fi
mkdir -p "$scratch"/{objects,modules.d,state,extrausers,out,root/etc}
sed -e 's/^passwd:.*/passwd: files extrausers/' \
    -e 's/^group:.*/group: files extrausers/' /etc/nsswitch.conf \
    >"$scratch/nsswitch.conf"
echo 'virtual7:x:70007:70008::/nowhere:/bin/false' >"$scratch/extrausers/passwd"
echo 'virtuals7:x:70008:' >"$scratch/extrausers/group"
echo '[]' >"$scratch/objects/things.json"
cat >"$scratch/program" <<END
#!/bin/sh
read -r objects
echo '{"changes": [{"kind": "file", "path": "$scratch/out/page",
    "content": "it", "owner": "virtual7", "group": "virtuals7"}]}'
END
chmod 755 "$scratch/program"
cat >"$scratch/modules.d/it.conf" <<END
module = "exec";
name = "it";
program = "$scratch/program";
subscribes = ("things");
END

# configure ROOT: of ccm.conf
configure() {
    cat >"$scratch/ccm.conf" <<END
node = "web1";
store = { kind = "local"; path = "$scratch/store"; };
module_dirs = ("$builddir/modules");
modules_d = "$scratch/modules.d";
state_dir = "$scratch/state";
root = "$1";
END
}
# within COMMAND...: with the name service.
within() {
    unshare -m sh -e -c '
        mount --bind "$1/nsswitch.conf" /etc/nsswitch.conf
        mount --bind "$1/extrausers" /var/lib/extrausers
        shift
        exec "$@"' sh "$scratch" "$@"
}
plan=("$builddir/ccm-runner" -c "$scratch/ccm.conf" plan
    --objects "$scratch/objects")

configure /
check_status "without the name service there is no such user" 1 "${plan[@]}"
check_says "and the error names it" 'no user virtual7' "$output"
check_status "with it the plan is good" 0 within "${plan[@]}"
check_says "and it is the file that is planned" 'out/page' "$output"
mkdir -p "$scratch/root$scratch/out"
configure "$scratch/root"
check_status "another root has no name services" 1 within "${plan[@]}"
check_says "there the user is unknown" 'no user virtual7' "$output"
done_testing
