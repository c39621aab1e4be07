#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# What is written into the store is checked against the declared types first.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

etcd_start
node_make web1
node_things web1
install -m 644 "$builddir/t/modules/typed.so" "$modules/"
node_use web1 typed.conf 'module = "typed";'
node_start web1
wait_for "the node starts" all_settled web1

check_status "a good object is written" 0 \
    ctl web1 object put owners '{"id": 1, "user": "alice"}'
check_status "a field that never changes stays" 1 \
    ctl web1 object put owners '{"id": 1, "user": "bob"}'
check_says "by name" 'field "user" cannot be changed' "$output"
check_status "the same value is no change" 0 \
    ctl web1 object put owners '{"id": 1, "user": "alice"}'
check_status "the example of a type is, too" 0 \
    ctl web1 object put jobs \
    "$(ctl web1 type example jobs -c "$scratch/web1/ccm.conf")"
check_status "a bad object is not" 1 \
    ctl web1 object put jobs '{"id": 2, "name": "a", "owner_id": "x"}'
check_says "and the field, the value and what is expected are named" \
    'jobs/2: field "owner_id" is "x"; expected an integer' "$output"
check_status "the store has not got it" 1 ctl web1 object get jobs 2
check_status "an id that JSON clients cannot carry is refused" 1 \
    ctl web1 object put owners '{"id": 9007199254740992, "user": "bob"}'
check_says "by its rule" 'expected 1 to 9007199254740991' "$output"
check_status "an object of a type that nobody declares is written" 0 \
    ctl web1 object put others '{"id": 1}'
# One rule for all, declared or not: 1 to 2^53-1.
for id in 9007199254740992 9007199254740993 0; do
    check_status "put refuses the id $id" 1 \
        ctl web1 object put others "{\"id\": $id}"
    check_status "so does get" 2 ctl web1 object get others $id
    check_status "and delete" 2 ctl web1 object delete others $id
done
check "put takes the last of them" \
    ctl web1 object put others '{"id": 9007199254740991}'
check "get and delete, too" ctl web1 object delete others 9007199254740991
mkdir "$scratch/import"
echo '[{"id": 5, "user": "carol"}, {"id": 6, "user": "no one"}]' \
    >"$scratch/import/owners.json"
check_status "an import with a bad object fails" 1 \
    ctl web1 object import "$scratch/import"
check_says "names it" 'entry 2: owners/6: field "user" is "no one"' "$output"
check_says "says that nothing was written" 'nothing was written' "$output"
check_status "and has written nothing" 1 ctl web1 object get owners 5
echo '[{"id": 7}]' >"$scratch/import/others.json"
check_status "with a good file before the bad one, it fails, too" 1 \
    ctl web1 object import "$scratch/import"
check_status "and has not written the good one" 1 ctl web1 object get others 7
echo '[{"id": 5, "user": "carol"}' >"$scratch/import/owners.json"
check_status "nor before one that is cut short" 1 \
    ctl web1 object import "$scratch/import"
check_status "has it written the good one" 1 ctl web1 object get others 7
echo '[{"id": 5, "user": "carol"}]' >"$scratch/import/owners.json"
check "when all are good, all are written" \
    ctl web1 object import "$scratch/import"
check "the first one" ctl web1 object get others 7
check "and the last one" ctl web1 object get owners 5
done_testing
