#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The examples of the manual work, and so does the completion.
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

# And they are planned, with the samples that one would try them with.
mkdir "$scratch"/{modules,modules.d,objects,root} || exit 1
mkdir -p "$scratch/root/etc/nginx"
cat >"$scratch/ccm.conf" <<END
node = "web1";
root = "$scratch/root";
state_dir = "$scratch/state";
store = { kind = "local"; path = "$scratch/store"; };
module_dirs = ("$scratch/modules");
modules_d = "$scratch/modules.d";
END
echo '[{"id": 2, "hostname": "web2"}, {"id": 1, "hostname": "web1"}]' \
    >"$scratch/objects/nodes.json"
cat >"$scratch/objects/url-redirects.json" <<'END'
[{"id": 1, "domain": "example.org", "destination_url": "https://example.com"},
 {"id": 2, "domain": "../passwd", "destination_url": "https://example.com"},
 {"id": 3, "domain": "example.net", "destination_url": "a; } server {"}]
END
cat >"$scratch/objects/unix-users.json" <<'END'
[{"id": 1, "username": "alice", "unix_id": 64101}]
END
cat >"$scratch/objects/ssh-keys.json" <<'END'
[{"id": 1, "name": "deploy", "unix_user_id": 1, "private_key": "hush\n"},
 {"id": 2, "name": "lost", "unix_user_id": 9, "private_key": "hush\n"}]
END

# example N SETTINGS: its plan, in $output.
example() {
    rm -f "$scratch"/modules.d/*
    install -m 644 "$scratch/example$1.so" "$scratch/modules/"
    printf '%s\n' "module = \"example$1\";" "settings = { $2 };" \
        >"$scratch/modules.d/it.conf"
    check_status "example $1 plans" 0 "$builddir/ccm-runner" \
        -c "$scratch/ccm.conf" plan --objects "$scratch/objects"
}
example 1 'contact = "operators@example.org";'
check_is "the first says what its page says" \
    "+++ b/etc/motd
+This is web1 of these nodes:
+  web1
+  web2
+Trouble? operators@example.org" "$(grep '^+' <<<"$output")"
check_status "its settings are checked" 1 bash -c \
    "echo 'module = \"example1\";' >'$scratch/modules.d/it.conf' &&
     '$builddir/ccm-runner' -c '$scratch/ccm.conf' describe"
check_says "when it is loaded" 'it.conf: .*setting "contact" is missing' \
    "$output"
example 2 ''
check_is "the second writes a file for what is good" \
    "+++ b/etc/nginx/redirects.d/example.org.conf
+server { listen 80; server_name example.org; return 302 https://example.com; }" \
    "$(grep '^+' <<<"$output")"
check_says "its service is reloaded" '^# service nginx: reload' "$output"
check_says "an invalid domain is rejected" 'url-redirects/2.*domain' "$output"
check_says "so is a character that is special to nginx" \
    'url-redirects/3.*special to nginx' "$output"
example 3 ''
check_says "the third makes a user" 'user alice.*64101|alice' "$output"
check_says "a file of that user's" \
    'create /etc/deploy-keys/alice.deploy, mode 0400, owner alice' "$output"
check_is "whose contents are not shown" 0 "$(grep -c hush <<<"$output")"
check_says "a reference to a missing object is rejected" \
    'ssh-keys/2.*unix_user_id' \
    "$output"
check_says "and runs its command" 'run /usr/bin/deploy-scan --quiet' "$output"

# Every function of the header is explained, and every command and key.
missing=$(grep -ohE 'ccm_[a-z_]+\(' "$srcdir"/core/ccm/*.h | tr -d '(' |
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
missing=$(grep -oE 'KEY\("[a-z_]+"' "$srcdir/core/config/config_schema.c" |
    cut -d '"' -f 2 | sort -u | while read -r name; do
    grep -qE "^\.(Ss|It Va) (.* , )?$name( |$)" "$srcdir/man/ccm.conf.5" ||
        echo "$name"
done)
check_is "ccm.conf(5) explains every key" "" "$missing"
missing=$(sed -n 's/^ *{"\([a-z.]*\)", control_.*/\1/p' \
    "$srcdir/core/control/control_ops.c" | while read -r name; do
    grep -qE "^$name($|[[:space:]])" "$srcdir/man/ccm-protocol.7" ||
        echo "$name"
done)
check_is "ccm-protocol(7) explains every request" "" "$missing"
missing=$(grep -ohE '"(events|objects|alive|lock|applying|nodes)/' \
    "$srcdir"/core/rollout/*.c "$srcdir"/core/control/*.c | tr -d '"' |
    sort -u | while read -r name; do
    grep -qE "^$name" "$srcdir/man/ccm-protocol.7" || echo "$name"
done)
check_is "and every key" "" "$missing"

# The drawing of HACKING is the first literal block.
missing=$(awk '/^```/ { if (inside++) exit; next } inside' \
    "$srcdir/HACKING.md" | grep -oE '[a-z]+(_[a-z]+)+' | sort -u |
    while read -r name; do
        grep -rqE "^[a-z].*[ *]$name\(" "$srcdir/core" || echo "$name"
    done)
check_is "the functions of HACKING's drawing exist" "" "$missing"

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
check_is "a file where one is expected" "$scratch/file-for-import" \
    "$(completes object import "$scratch/file")"
done_testing
