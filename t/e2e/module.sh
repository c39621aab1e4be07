# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# For tests of one module: node web1 without a daemon, with objects in a
# directory. Sourced; sources lib.sh.
#
#   module_make nginx 'services={ ... }'
#   objects virtual-hosts <<<'{"id": 1, ...}'
#   check "it is applied" apply

# shellcheck source=t/e2e/lib.sh
. "${srcdir:-.}/t/e2e/lib.sh"

objects=$scratch/objects
web=$scratch/web1/root
mkdir "$objects"

# module_make "MODULE..." [KEY=VALUE]...: as node_make.
module_make() {
    local module
    for module in $1; do
        module_add "$module"
    done
    shift
    node_make web1 "store={ kind = \"local\"; path = \"$scratch/store\"; }" \
        "objects={ kind = \"directory\"; path = \"$objects\"; }" \
        "guard={ max_removals = 1000; max_removals_percent = 100; }" "$@"
}

runner() {
    "$builddir/ccm-runner" -c "$scratch/web1/ccm.conf" "$@"
}

# Plans and applies, as ccmd would let it. What it said is in $scratch/said,
# what it logged in $scratch/log.
apply() {
    printf '%s\n' '{"job":{"configurations":null,"who":"test"}}' \
        '{"order":"apply","turn":"1"}' |
        runner run >"$scratch/said" 2>"$scratch/log"
    jq -se 'map(.event) | last == "done"' "$scratch/said" >/dev/null ||
        { cat "$scratch/said" "$scratch/log" && return 1; }
}

test_details() {
    cat "$scratch/said"
}

# objects TYPE: from standard input, lines of JSON.
objects() {
    jq -s . >"$objects/$1.json"
}

# edit TYPE FILTER: changes the objects of a type with a jq filter.
edit() {
    jq "$2" "$objects/$1.json" >"$objects/new" &&
        mv "$objects/new" "$objects/$1.json"
}

# "TYPE/ID: REASON" of the last apply, a line each.
rejected() {
    jq -r 'select(.event == "planned").rejected[] |
        "\(.type)/\(.id): \(.error)"' "$scratch/said"
}

names_of_rejected() {
    rejected | sed 's/:.*//' | LC_ALL=C sort -uV | paste -sd' '
}

files_in() {
    (cd "$1" && echo *)
}
