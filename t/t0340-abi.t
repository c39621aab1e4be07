#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Modules of other people keep working: the header, the list of functions, the
# stored description of the interface, and old binaries.
# shellcheck source=t/e2e/tap.sh
. "$(dirname "$0")/e2e/tap.sh" || exit 1

read -ra flags <<<"$(pkg-config --cflags jansson) -I$srcdir/core"
list=$srcdir/core/host/ccm-api.list

# --- the header alone
printf '#include <ccm/%s.h>\n' grammar module >"$scratch/alone.c"
cp "$scratch/alone.c" "$scratch/alone.cc"
tried=0
compiles() {
    local compiler=$1 standard=$2 file=$3
    command -v "$compiler" >/dev/null || return 0
    tried=$((tried + 1))
    check "the header alone is $standard for $compiler" \
        "$compiler" -std="$standard" -Wall -Wextra -pedantic -Werror \
        -fsyntax-only "${flags[@]}" "$scratch/$file"
}
for compiler in gcc clang; do
    compiles $compiler c99 alone.c
    compiles $compiler c11 alone.c
done
for compiler in g++ clang++; do
    compiles $compiler c++17 alone.cc
done
# The driver of a C compiler may know C++ without the C++ library.
if ! command -v g++ clang++ >/dev/null; then
    echo "ok $((tap_count += 1)) - C++17 # SKIP there is no C++ compiler"
fi
check "some compiler was there" test $tried -ge 2
for standard in c99 c11; do
    sed 's/^/    /' >"$scratch/module.c" <<'END'
#include <ccm/module.h>
static int plan(struct ccm_run *run)
{
    return ccm_directory(run, &(struct ccm_directory){.path = "/d"});
}
CCM_MODULE(.name = "m", .version = "1", .depends = CCM_LIST("a", "b"),
           .plan = plan);
END
    check "a module is $standard, too" "${CC:-cc}" -std=$standard -Wall \
        -Wextra -pedantic -Werror -fsyntax-only "${flags[@]}" \
        "$scratch/module.c"
done

# --- the list of functions
declared=$(sed -n '/^static inline/,/^}/d; p' \
    "$srcdir"/core/ccm/{module,grammar}.h |
    grep -oE '\<ccm_[a-z_]+ *\(' | tr -d ' (' | sort -u)
listed=$(grep -oE 'ccm_[a-z_]+' "$list" | sort -u)
check_is "the list has what the header declares" "$declared" \
    "$(grep -v '^ccm_module$' <<<"$listed")"
check_is "and the runner exports it" "$listed" \
    "$(nm -D --defined-only "$builddir/ccm-runner" |
        sed -nE 's/.* [TtWD] (ccm_[a-z_]+)$/\1/p' | sort -u)"

# --- the stored description, of what gcc makes of the interface
describe_abi() {
    local source sources=()
    for source in "$srcdir"/core/host/api*.c "$srcdir"/core/types/grammar*.c; do
        sources+=("$source")
    done
    sed 's|^/\*.*||; s|^};|local: *; };|; s|^{|{ global: ccm_module;|' \
        "$list" >"$scratch/abi.map"
    printf '%s\n' '#include <ccm/module.h>' \
        'extern const struct ccm_module ccm_module;' \
        'const struct ccm_module ccm_module = {.abi = CCM_ABI};' \
        >"$scratch/descriptor.c"
    gcc -std=gnu11 -D_GNU_SOURCE -g -O1 -fPIC -shared "${flags[@]}" \
        -I"$builddir" -Wl,--version-script="$scratch/abi.map" \
        -o "$scratch/abi.so" "$scratch/descriptor.c" "${sources[@]}" \
        >/dev/null
}
if [ "${1-}" = --store ]; then
    describe_abi
    abidw --headers-dir "$srcdir/core/ccm" --no-corpus-path \
        --no-comp-dir-path "$scratch/abi.so" |
        sed "s|$srcdir/||g; s|$scratch/||g" >"$srcdir/t/abi/ccm-1.abi"
    exit
fi
if [ "$(uname -m)" != x86_64 ] || ! command -v gcc >/dev/null; then
    skip="the description is one of gcc on x86-64"
elif ! command -v abidiff >/dev/null; then
    skip="abidiff is missing (Debian: abigail-tools)"
fi
abi_is_as_stored() {
    abidiff --no-added-syms --no-corpus-path \
        --headers-dir1 "$srcdir/core/ccm" --headers-dir2 "$srcdir/core/ccm" \
        "$srcdir/t/abi/ccm-1.abi" "$scratch/abi.so"
}
if [ -n "${skip-}" ]; then
    echo "ok $((tap_count += 1)) - the interface # SKIP $skip"
else
    check "the interface is built by itself" describe_abi
    # What was added on purpose: t/t0340-abi.t --store.
    check "it is as stored, but for additions" abi_is_as_stored
fi

# --- old binaries
if [ "$(uname -m)" != x86_64 ]; then
    echo "ok $((tap_count += 1)) - old modules # SKIP not on this machine"
    done_testing
fi
mkdir "$scratch"/{objects,modules,modules.d,root} || exit 1
install -m 644 "$srcdir"/t/old-modules/*.so "$scratch/modules/"
cat >"$scratch/ccm.conf" <<END
node = "web1";
store = { kind = "local"; path = "$scratch/store"; };
state_dir = "$scratch/state";
root = "$scratch/root";
module_dirs = ("$scratch/modules");
modules_d = "$scratch/modules.d";
END
cat >"$scratch/objects/things.json" <<'END'
[{"id": 1, "name": "alpha", "friend": 2, "count": 3},
 {"id": 2, "name": "beta"}]
END
echo 'module = "one";' >"$scratch/modules.d/one.conf"
cat >"$scratch/modules.d/kinds.conf" <<'END'
module = "kinds";
settings = { yes = true; seven = 7; list = (1, 2); map = { a = 1; };
             text = "text"; };
END
cat >"$scratch/program" <<'END'
#!/bin/sh
echo "printed by a program"
END
chmod 755 "$scratch/program"
printf '%s\n' 'module = "program";' "program = \"$scratch/program\";" \
    >"$scratch/modules.d/program.conf"
touch "$scratch/root/gone"

runner() {
    "$builddir/ccm-runner" -c "$scratch/ccm.conf" "$@"
}
check_is "old modules load, in order" "old-one old-kinds old-program" \
    "$(runner describe |
        jq -r '[.configurations[] | .name] | (map(select(. != "old-program"))
            + ["old-program"]) | join(" ")')"
check_status "they plan" 0 runner plan --objects "$scratch/objects"
check_says "a file" '^\+alpha 3 web1' "$output"
check_says "with its mode and object" \
    'create /old/beta, mode 0640, .*\(things/2\)' "$output"
check_says "what a program prints" '^\+printed by a program' "$output"
check_says "the log" 'old-kinds text alpha' "$output"
check_says "a rejection" 'things/2.*it is two' "$output"
check_is "all kinds" \
    "absent command directory file group symlink user" \
    "$(runner plan --objects "$scratch/objects" --json |
        jq -r '[.changes[].kind] | unique | join(" ")')"
sed -i 's/yes = true/bad = true/' "$scratch/modules.d/kinds.conf"
check_status "check() is called" 1 runner describe
check_says "and heard" 'kinds.conf: .*bad is 1' "$output"
done_testing
