#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# ccmctl module new: what it makes can be built, checked and installed at
# once, outside this tree, against an installed ccm.
# shellcheck source=t/e2e/tap.sh
. "$(dirname "$0")/e2e/tap.sh" || exit 1

# The installation, somewhere else than where it was configured to be.
check_status "ccm is installed" 0 \
    make -C "$builddir" install "DESTDIR=$scratch/dest"
pc=$(find "$scratch/dest" -name ccm.pc)
prefix=$(sed -n 's/^prefix=//p' "$pc")
if ! pkg-config --exists jansson; then
    skip_all "pkg-config does not find jansson"
fi
export PKG_CONFIG="pkg-config --define-variable=prefix=$scratch/dest$prefix"
export PKG_CONFIG_PATH=${pc%/*}
ccmctl=$scratch/dest$($PKG_CONFIG --variable=ccmctl ccm |
    sed "s|^$scratch/dest||")

mkdir "$scratch/work" && cd "$scratch/work" || exit 1
check_status "a module is made" 0 "$ccmctl" module new hello-world
check_says "and it says what is next" 'cd hello-world && make' "$output"
check_status "not twice" 1 "$ccmctl" module new hello-world
check_says "because it is there" 'already exists' "$output"
for name in ../x "No Name" "" -; do
    check_status "\"$name\" is no name" 2 "$ccmctl" module new -- "$name"
done
check "all that is said to be there is" \
    test -f hello-world/Makefile -a -f hello-world/hello-world.c \
    -a -f hello-world/hello-world.conf -a -x hello-world/t/check \
    -a -f hello-world/t/objects/unix-users.json
check "no place-holder is left" \
    test -z "$(grep -rl NAME hello-world)"

make_in() {
    make -C hello-world RUNNER="$runner" "$@"
}
runner=$($PKG_CONFIG --variable=runner ccm)
[ -x "$runner" ] || runner=$scratch/dest$runner
check_status "make" 0 make_in CFLAGS="-O2 -Werror" CCMCTL="$ccmctl"
check_status "make check" 0 make_in check CCMCTL="$ccmctl"
check_says "examines it" 'hello-world 0.1: [0-9]+ plans, 0 findings' "$output"
check_says "and compares" 'the plan is as expected' "$output"
check_status "make install" 0 make_in install "DESTDIR=$scratch/there" \
    moduledir=/modules modules_d=/modules.d
check "it is there" test -f "$scratch/there/modules/hello-world.so" \
    -a -f "$scratch/there/modules.d/hello-world.conf"

cat >"$scratch/ccm.conf" <<END
store = { kind = "local"; path = "$scratch/store"; };
state_dir = "$scratch/state";
root = "$scratch/root";
runner = "$runner";
module_dirs = ("$scratch/there/modules");
modules_d = "$scratch/there/modules.d";
END
mkdir -p "$scratch/root/etc"
check_status "an installed one plans" 0 "$ccmctl" -c "$scratch/ccm.conf" \
    plan --objects hello-world/t/objects
check_says "what it should" '^\+Hello, alice!' "$output"

sed -i 's/"%s, %s!/"%s, %s?/' hello-world/hello-world.c
make_in CCMCTL="$ccmctl" >/dev/null
check_status "a change of what it plans is noticed" 2 make_in check \
    CCMCTL="$ccmctl"
check_says "with a diff" '^-\+Hello, alice!' "$output"
done_testing
