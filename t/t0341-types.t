#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Declared types: objects are checked before a planner sees them.
# shellcheck source=t/e2e/tap.sh
. "$(dirname "$0")/e2e/tap.sh" || exit 1

mkdir -p "$scratch"/{objects,modules,modules.d,root/etc} || exit 1
install -m 644 "$builddir"/t/modules/typed{,-two}.so "$scratch/modules/"
cat >"$scratch/ccm.conf" <<END
node = "web1";
store = { kind = "local"; path = "$scratch/store"; };
module_dirs = ("$scratch/modules");
modules_d = "$scratch/modules.d";
state_dir = "$scratch/state";
root = "$scratch/root";
END
echo 'module = "typed";' >"$scratch/modules.d/typed.conf"
echo '[{"id": 7, "user": "alice"}, {"id": 8, "user": "no one"}]' \
    >"$scratch/objects/owners.json"

runner() {
    "$builddir/ccm-runner" -c "$scratch/ccm.conf" "$@"
}
# job JSON...: what a plan says of these jobs.
job() {
    local id=0 list=() one
    for one; do
        id=$((id + 1))
        list+=("$(jq -c ". + {id: $id}" <<<"$one")")
    done
    (IFS=,; echo "[${list[*]}]") >"$scratch/objects/jobs.json"
    check_status "jobs are planned" 0 runner plan --objects "$scratch/objects"
}

# --- the catalog
check_is "describe shows the types" "jobs owners" \
    "$(runner describe | jq -r '[.types[].name] | join(" ")')"
check_is "and who declares them" typed \
    "$(runner describe | jq -r '.types[0].configuration')"
check_is "a field is as the module says" \
    '{"default":1,"kind":"integer","max":9,"min":1,"name":"count"}' \
    "$(runner describe | jq -cS '.types[0].fields[2]')"

# --- objects
job '{"name": "a", "owner_id": 7, "colour": null, "extra": {"x": 1}}'
check_says "a good object goes through, with the default" \
    "^\+'a' of alice, 1 times, hello" "$output"
bad() {
    job "$2" '{"name": "good", "owner_id": 7, "count": 2}'
    check_says "$1" "jobs/1.*$3" "$output"
    check_says "and the others go out" "'good' of alice, 2 times" "$output"
}
bad "a missing field is named" '{"name": "a"}' \
    'field "owner_id" is missing; expected an integer'
bad "so is another kind, with the value" '{"name": 5, "owner_id": 7}' \
    'field "name" is 5; expected a name'
bad "a range" '{"name": "a", "owner_id": 7, "count": 10}' \
    'field "count" is 10; expected 1 to 9'
bad "a length" '{"name": "aaaaaaaaaaaaaaaaaaaaa", "owner_id": 7}' \
    'field "name" is .*expected 0 to 20 bytes'
bad "a grammar" '{"name": "a", "owner_id": 7, "host": "test..com"}' \
    'field "host" is "test..com"; expected a host name'
bad "values" '{"name": "a", "owner_id": 7, "colour": "blue"}' \
    'field "colour" is "blue"; expected "red" or "green"'
bad "an element" '{"name": "a", "owner_id": 7, "tags": ["x", 5]}' \
    'field "tags" element 2 is 5; expected a line of text'
bad "a number of elements" \
    '{"name": "a", "owner_id": 7, "tags": ["x", "x", "x", "x"]}' \
    'field "tags" is .*expected 0 to 3 elements'
bad "a reference to nothing" '{"name": "a", "owner_id": 9}' \
    'field "owner_id" names owners/9, which does not exist'
bad "a long value is cut" \
    "{\"name\": \"a\", \"owner_id\": 7, \"host\": \"$(printf %0200d 0)\"}" \
    'field "host" is "0{40,60}\.\.\. \(202 bytes\)'
bad "a secret is not shown" \
    '{"name": "a", "owner_id": 7, "password": "hush-hush"}' \
    'field "password" is not valid; expected a password hash'
check_is "anywhere" 0 "$(grep -c hush-hush <<<"$output")"
job '{"name": "a", "owner_id": 7}' '{"name": "a", "owner_id": 7, "count": 3}'
check_says "of two with a unique value, the second is bad" \
    'jobs/2.*field "name" has the value of jobs/1' "$output"
check_says "and the first goes out" "'a' of alice, 1 times" "$output"
job '{"name": "a", "owner_id": 7, "host": "A.example"}' \
    '{"name": "b", "owner_id": 7, "host": "a.EXAMPLE"}'
check_says "host names are the same in any case" \
    'jobs/2.*field "host" has the value of jobs/1' "$output"

job '{"name": "a", "owner_id": 7, "colour": "red"}' \
    '{"name": "b", "owner_id": 7, "colour": "red"}' \
    '{"name": "c", "owner_id": 7, "colour": "green"}' \
    '{"name": "d", "owner_id": 7}'
check_says "fields can be unique together" \
    'jobs/2.*fields \["owner_id","colour"\] have the values of jobs/1' \
    "$output"
check_is "and only together" 0 "$(grep -cE 'jobs/[34] by' <<<"$output")"

# --- ccmctl, without ccmd
ctl() {
    "$builddir/ccmctl" -c "$scratch/ccm.conf" "$@"
}
echo "runner = \"$builddir/ccm-runner\";" >>"$scratch/ccm.conf"
check_status "type list lists them" 0 ctl type list
check_says "with who declares them" '^jobs +typed +What is done' "$output"
check_status "type show shows the fields" 0 ctl type show jobs
check_says "a default and a range" '^count +integer +no +1 +1 to 9' "$output"
check_says "a reference" '^owner_id +integer +yes +- +id of owners' "$output"
check_status "an unknown type is an error" 1 ctl type show none
check_says "that says where to look" 'ccmctl type list' "$output"
check_is "--json is JSON Schema" '["id","name","owner_id"] 9 host' \
    "$(ctl type show jobs --json | jq -r '"\(.required | tojson) " +
        "\(.properties.count.maximum) \(.properties.host.format)"')"
check_is "type example is an object" \
    '{"count":1,"id":1,"name":"backup","owner_id":1}' \
    "$(ctl type example jobs | jq -cS .)"
ctl type example jobs | jq -s . >"$scratch/objects/jobs.json"
check_status "which object check takes" 0 \
    ctl object check "$scratch/objects/jobs.json"
echo '[{"id": 0, "name": "a", "owner_id": 1}, {"id": 5, "name": "a/b"},
    {"id": 9007199254740992, "name": "a", "owner_id": 1}]' \
    >"$scratch/objects/jobs.json"
check_status "bad objects are found" 1 \
    ctl object check "$scratch/objects/jobs.json"
check_says "with type, id, field, value" \
    'jobs/5: field "name" is "a/b"; expected a name' "$output"
check_says "an id of 0" 'jobs/0: field "id" is not valid' "$output"
check_says "and one above 2^53-1" 'jobs/9007199254740992: field "id"' "$output"
check_says "and counted" '3 bad objects' "$output"
for text in '{"id": 5}' '{}' '"x"' '{"objects": {}}' '' '[] []'; do
    echo "$text" >"$scratch/objects/jobs.json"
    check_status "object check refuses a file of $text" 1 \
        ctl object check "$scratch/objects/jobs.json"
    check_says "and names it" 'jobs.json' "$output"
done
rm "$scratch/objects/jobs.json"
check_status "and a file that is not there" 1 \
    ctl object check "$scratch/objects/jobs.json"

# --- settings
printf '%s\n' 'module = "typed";' 'settings = { wrod = "hi"; };' \
    >"$scratch/modules.d/typed.conf"
check_status "a misspelt setting is refused" 1 runner describe
check_says "with the one that was meant" \
    'typed.conf: .*setting "wrod" is unknown; did you mean "word"\?' "$output"
printf '%s\n' 'module = "typed";' 'settings = { directory = "x"; };' \
    >"$scratch/modules.d/typed.conf"
check_status "a bad setting is refused" 1 runner describe
check_says "with its value" \
    'settings: field "directory" is "x"; expected an absolute path' "$output"
echo 'module = "typed";' >"$scratch/modules.d/typed.conf"

# --- two declarations of one type
printf '%s\n' 'module = "typed";' 'name = "twice";' >"$scratch/modules.d/b.conf"
check_status "the same table twice is accepted" 0 runner describe
printf '%s\n' 'module = "typed-two";' 'name = "other";' \
    >"$scratch/modules.d/b.conf"
check_status "different tables are one" 1 runner describe
check_says "which names both" 'typed.*other|other.*typed' "$output"
check_says "and the first difference, with its values" \
    'the type "jobs" differently: field 3 \("count"\): "max" is (9, and 10|10, and 9) there' \
    "$output"
done_testing
