#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The lints find nothing in the sources, and each finds what it is there for.
# shellcheck source=t/e2e/tap.sh
. "${srcdir:-.}/t/e2e/tap.sh"

command -v python3 >/dev/null || skip_all "python3 is not here"

rooms=$srcdir/t/lint/rooms text=$srcdir/t/lint/text
header=$srcdir/t/lint/header
tree=$scratch/tree

check "the rooms of core/ are as they should be" "$rooms" "$srcdir"

check "all of the public headers is documented" "$header" "$srcdir"

# put FILE LINE...: a file of the tree that is looked at.
put() {
    local file=$tree/$1
    mkdir -p "${file%/*}"
    printf '%s\n' "/* SPDX-License-Identifier: ISC */" "${@:2}" >"$file"
}

# finds SENTENCE LINT WHAT: the lint fails in the tree, and says what.
finds() {
    check_status "$1" 1 "$2" "$tree"
    check_says "and names it" "$3" "$(grep '^#' <<<"$output")"
    rm -r "$tree"
}

put core/plan/a.c 'int a_go(void)' '{' '    return 0;' '}' '' \
    'static int a_more(struct b_go *b, int n)' '{' \
    '    return n + b->b_go; /* b_go() */' '}'
put core/plan/b.c 'int b_go(void)' '{' '    return a_go();' '}'
check "a call in one direction is no circle" "$rooms" "$tree"
put core/plan/b.c 'int b_go(void)' '{' '    return a_go();' '}'
put core/plan/a.c 'int a_go(void)' '{' '    return b_go();' '}'
finds "a circle of two files" "$rooms" 'core/plan/a.c uses b_go of core/plan/b.c'

put core/plan/a.c 'int a_go(void)' '{' '    return b_go();' '}'
put core/plan/b.c 'int b_go(void)' '{' '    return c_list[0].n;' '}'
put core/plan/c.c 'int c_go(void)' '{' '    return a_go();' '}' '' \
    'const struct c c_list[] = {' '    {1},' '};'
finds "a circle of three files, through a table" "$rooms" \
    'core/plan/b.c uses c_list of core/plan/c.c'

put core/plan/a.c 'int a_go(void)' '{' '    return 0;' '}'
put core/host/a.c 'int other_go(void)' '{' '    return 0;' '}'
finds "two files of one name" "$rooms" 'a.c: core/host/a.c core/plan/a.c'

put core/plan/a.c 'int a_go(void)' '{' '    return 0;' '}'
put core/host/b.c 'int' 'a_go(void)' '{' '    return 0;' '}'
finds "two functions of one name" "$rooms" 'a_go: core/host/b.c core/plan/a.c'

put core/plan/a.h 'struct thing {' '    int n;' '};'
put core/host/b.c 'struct thing {' '    int m;' '};'
finds "two structs of one name" "$rooms" 'thing: core/host/b.c core/plan/a.h'

put core/plan/a.c 'void a_go(int a, int b, int c, int d, int e,' \
    '          void (*f)(int g, int h))' '{' '    f(a + b, c + d + e);' '}'
finds "six parameters" "$rooms" 'a_go has 6 parameters'
put core/plan/a.c 'void a_go(int a, int b, int c, int d, int e, int f)' '{' '}' \
    '' 'void a_on(void *userdata, int b, int c, int d, int e, int f)' '{' '}'
put core/plan/a.h '/* Six parameters: they are all needed. */' \
    'void a_go(int a, int b, int c, int d, int e, int f);'
check "but not what a comment justifies, or a callback" "$rooms" "$tree"
rm -r "$tree"

# Each of these is a public header in which one thing has no comment.
fine=('' '/* A macro. */' "#define CCM_X(a) \\" '    (a)' '/* A type. */'
    'struct ccm_x {' '    int n; /* how many */' '    /* Called. */'
    '    int (*fn)(int a,' '              int b);' '};' '/* Kinds. */'
    'enum ccm_k {' '    CCM_A = 1, /* the first,' '                  of two */'
    '    CCM_B,     /* the second */' '};' '/* Does. */'
    'int ccm_do(int a,' '           int b);' '/* Does it here. */'
    'static inline int ccm_here(int a)' '{' '    return a;' '}')
put core/ccm/x.h "${fine[@]}"
check "a header in which all has a comment" "$header" "$tree"
for bare in 1:CCM_X 4:ccm_x 7:fn. 11:ccm_k 17:ccm_do 20:ccm_here; do
    put core/ccm/x.h "${fine[@]:0:${bare%%:*}}" "${fine[@]:${bare%%:*}+1}"
    finds "${bare#*:} without a comment" "$header" "${bare#*:} has no comment"
done
put core/ccm/x.h "${fine[@]/; \/\* how many \*\//;}"
finds "a member without a comment" "$header" 'int n has no comment'
put core/ccm/x.h "${fine[@]/     \/\* the second \*\//}"
finds "an enumerator without a comment" "$header" 'CCM_B has no comment'
put core/ccm/x.h "${fine[@]/int n;/int n, m;}"
finds "two members with one comment" "$header" 'm has no comment'

# The table of HACKING.md, said again: a room, and which others it may know.
# Each pair is a file that includes a header.
all="base config etcd loop store rollout control daemon objects plan command
change host ctl api types ccm"
want=
while read -r room may; do
    for other in $all; do
        put "core/$room/$other.c" "#include \"$other/x.h\""
        [[ " $may $room " = *" $other "* ]] ||
            want+="core/$room/$other.c:2: $room must not include $other/x.h"$'\n'
    done
done <<'END'
base
config base
etcd base config
loop base config etcd
store base config etcd loop
rollout base config loop store
control base config loop store rollout
daemon base config etcd loop store rollout control
objects base config etcd
plan base
command base plan
change base config plan command
host base config types objects plan change ccm
ctl base config types
types base ccm
api base config etcd loop store objects
ccm
END
put core/plan/a.c '#include "../host/x.h"'
put core/plan/b.c '#include "core/host/x.h"'
put core/attic/a.c '#include "base/x.h"'
want+="core/plan/a.c:2: name the room in ../host/x.h
core/plan/b.c:2: name the room in core/host/x.h
core/attic/a.c:2: attic is a room that the table lacks"
output=$("$text" "$tree" 2>&1)
check_is "every pair of rooms is judged by the table" "$(sort <<<"$want")" \
    "$(sed -n '/^not ok 1 /,/^ok/s/^# //p' <<<"$output" | sort)"

done_testing
