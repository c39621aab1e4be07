#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The libraries of a module are a part of it: checked, counted, and loaded as
# they were found.
# shellcheck source=t/e2e/tap.sh
. "$(dirname "$0")/e2e/tap.sh" || exit 1

mkdir -p "$scratch"/{modules/lib,modules.d,root/etc,state,objects,src} || exit 1
cat >"$scratch/ccm.conf" <<END
node = "web1";
store = { kind = "local"; path = "$scratch/store"; };
module_dirs = ("$scratch/modules");
modules_d = "$scratch/modules.d";
state_dir = "$scratch/state";
objects = { kind = "directory"; path = "$scratch/objects"; };
root = "$scratch/root";
END
echo 'module = "user";' >"$scratch/modules.d/user.conf"

cc=${CC:-cc}
cflags=$(pkg-config --cflags jansson 2>/dev/null)
# compile OUTPUT SOURCE [FLAG...]
compile() {
    # shellcheck disable=SC2086
    $cc -shared -fPIC $cflags -I "$srcdir/core" -o "$1" "$2" "${@:3}"
}
# value TEXT: the library that the module uses says that; it has it from one
# that is found next to it.
value() {
    echo "const char *deep_value(void) { return \"$1\"; }" \
        >"$scratch/src/deep.c"
    compile "$lib/libdeep.so.1" "$scratch/src/deep.c" -Wl,-soname,libdeep.so.1
}
lib=$scratch/modules/lib
cat >"$scratch/src/value.c" <<'END'
const char *deep_value(void);
const char *value(void);
const char *value(void) { return deep_value(); }
END
cat >"$scratch/src/user.c" <<'END'
#include <ccm/module.h>
#include <math.h>
const char *value(void);
static int plan(struct ccm_run *run)
{
    volatile double four = 4;
    fprintf(ccm_file(run, &(struct ccm_file){.path = "/etc/value"}),
            "%s %.0f\n", value(), sqrt(four));
    return 0;
}
CCM_MODULE(.name = "user", .version = "1", .plan = plan);
END
value one || bail "no compiler"
# shellcheck disable=SC2016
compile "$lib/libvalue.so.1" "$scratch/src/value.c" -Wl,-soname,libvalue.so.1 \
    "$lib/libdeep.so.1" '-Wl,-rpath,$ORIGIN'
# link RUNPATH
link() {
    compile "$scratch/modules/user.so" "$scratch/src/user.c" \
        "$lib/libvalue.so.1" -lm "-Wl,-rpath,$1" \
        "-Wl,-rpath-link,$lib"
}
link "$lib"

runner() {
    "$builddir/ccm-runner" -c "$scratch/ccm.conf" "$@"
}
# refused SENTENCE PATTERN
refused() {
    check_status "$1 is refused" 1 runner describe
    check_says "with the reason" "$2" "$output"
}
digest() {
    runner describe | jq -r .digest
}

check_status "a module with libraries plans" 0 runner plan
check_says "and has what they say" '^\+one 2$' "$output"
before=$(digest)
check_is "its digest stays" "$before" "$(digest)"
value two
check "another library is another catalog" test "$(digest)" != "$before"
check_status "and is what is loaded" 0 runner plan
check_says "as it says" '^\+two 2$' "$output"
# shellcheck disable=SC2016
link '$ORIGIN/lib'
check_status "\$ORIGIN is where the module lies" 0 runner plan

chmod 666 "$lib/libdeep.so.1"
refused "a library that others could have written" \
    'user.conf: .*needs libdeep.so.1: .*libdeep.so.1 can be written by others|user.conf: .*libdeep.so.1 is writable'
chmod 644 "$lib/libdeep.so.1"
chmod 777 "$lib"
refused "one in a directory that is everybody's" 'modules/lib (can be|is) writ'
chmod 755 "$lib"
if [ "$(id -u)" -eq 0 ]; then
    chmod 600 "$lib/libdeep.so.1"
    refused "one that only root can read" 'libdeep.so.1 has mode 0600.*a\+r'
    chmod 644 "$lib/libdeep.so.1"
fi
mv "$lib/libdeep.so.1" "$lib/libother.so.1"
refused "one that is not there" \
    'libvalue.so.1 needs libdeep.so.1, which is neither in its RUNPATH nor'
compile "$lib/libdeep.so.1" "$scratch/src/deep.c" -Wl,-soname,libother.so.1
refused "one that calls itself by another name" \
    'needed as libdeep.so.1, but calls itself libother.so.1'
value three
# shellcheck disable=SC2016
link '$LIB/x'
refused "a RUNPATH that nobody understands" 'RUNPATH has "\$LIB/x"'
link "$lib"
check_status "a module in order plans again" 0 runner plan
done_testing
