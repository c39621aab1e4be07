#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# What the manual shows works, and so does the completion.
# shellcheck source=t/e2e/tap.sh
. "${srcdir:-.}/t/e2e/tap.sh"

for page in "$srcdir"/man/*.[1-8]; do
    check "mandoc finds nothing in ${page##*/}" \
        mandoc -T lint -W warning "$page"
done

# The programs of ccm-module(3) are the literal blocks that begin with the
# header; "\e" is roff's backslash.
awk -v dir="$scratch" '
/^\.Bd -literal/ { block = ""; inside = 1; next }
/^\.Ed/ {
    if (inside && block ~ /^#include <ccm\/module.h>/) {
        gsub(/\\e/, "\\", block)
        printf "%s", block >(dir "/example" ++n ".c")
    }
    inside = 0
    next
}
inside { block = block $0 "\n" }
' "$srcdir/man/ccm-module.3"
read -ra flags <<<"$(pkg-config --cflags jansson)"
for example in 1 2 3; do
    file=$scratch/example$example
    for standard in gnu99 gnu11; do
        check "example $example of ccm-module(3) compiles as $standard" \
            "${CC:-cc}" -std=$standard -Wall -Wextra -Werror "${flags[@]}" \
            -I"$srcdir/core" -fPIC -shared -o "$file.so" "$file.c"
    done
    check "and exports its descriptor" \
        grep -q "ccm_module$" <(nm -D --defined-only "$file.so")
done
check_is "there are three of them" 3 "$(find "$scratch" -name '*.c' | wc -l)"

# Every function of the header is explained, and every command and key.
missing=$(grep -oE 'ccm_[a-z_]+\(' "$srcdir/core/ccm/module.h" | tr -d '(' |
    grep -v _sized | sort -u | while read -r name; do
    grep -qE "Fn $name( |$)" "$srcdir/man/ccm-module.3" || echo "$name"
done)
check_is "ccm-module(3) explains every function" "" "$missing"
missing=$("$builddir/ccmctl" --help | sed -n 's/^  \([a-z][a-z ]*[a-z]\)  .*/\1/p' |
    while read -r name; do
        grep -qE "^\.(It )?Cm $name( |$)" "$srcdir/man/ccmctl.1" ||
            echo "$name"
    done)
check_is "ccmctl(1) explains every command" "" "$missing"
missing=$(grep -oE 'KEY\("[a-z_]+"' "$srcdir/core/base/config_schema.c" |
    cut -d '"' -f 2 | sort -u | while read -r name; do
    grep -qE "^\.(Ss|It Va) (.* , )?$name( |$)" "$srcdir/man/ccm.conf.5" ||
        echo "$name"
done)
check_is "ccm.conf(5) explains every key" "" "$missing"

# --- completion
PATH=$builddir:$PATH
# shellcheck source=etc/ccmctl.bash
. "$srcdir/etc/ccmctl.bash"

# completes WORD...: what the last word may become.
completes() {
    COMP_WORDS=(ccmctl "$@")
    COMP_CWORD=$#
    COMPREPLY=()
    _ccmctl
    echo "${COMPREPLY[*]}"
}
check_is "a command is completed" "status" "$(completes st)"
check_is "one of two words, too" "module" "$(completes mod)"
check_is "and the second of them" "reload" "$(completes module rel)"
check_is "an option of a command" "--exit-code" "$(completes plan --ex)"
check_is "behind an option with a value" "flag" \
    "$(completes --socket /nowhere fl)"
touch "$scratch/file-for-import"
check_is "a file where one is wanted" "$scratch/file-for-import" \
    "$(completes object import "$scratch/file")"
done_testing
