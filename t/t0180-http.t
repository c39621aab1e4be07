#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Objects that come from the Cluster API.
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

mkdir "$scratch/api"
things() {
    echo "$1" >"$scratch/api/things.json.new"
    mv "$scratch/api/things.json.new" "$scratch/api/things.json"
}
thing() {
    printf '{"id":%s,"name":"%s","content":"%s"}' "$@"
}
things "[$(thing 1 a one),$(thing 2 b one),$(thing 3 c one),$(thing 4 d one),
    $(thing 5 e one)]"
launch KILL "$scratch/api.log" "$srcdir/t/e2e/api.py" "$scratch/api" \
    "the secret key" "$scratch/port"
wait_until test -s "$scratch/port"
url=http://127.0.0.1:$(cat "$scratch/port")/api/v1
(umask 077 && echo "the secret key" >"$scratch/key")

etcd_start
node_make web1 \
    "objects={ kind = \"http\"; url = \"$url\"; api_key_file = \"$scratch/key\"; }"
node_things web1
node_start web1
wait_for "a node with objects from the API starts" is_settled web1
check "all pages are applied" thing_is web1 e one
check_is "each object once" 5 "$(find "$(root web1)/etc/things" -type f | wc -l)"

things "[$(thing 1 a two)]"
etcdctl put $prefix/events/things "" >/dev/null
wait_for "an event makes it look again" thing_is web1 a two
wait_for "it settles" is_settled web1
check_is "and take away what is gone" 1 \
    "$(find "$(root web1)/etc/things" -type f | wc -l)"

echo 503 >"$scratch/api/fail"
things "[$(thing 1 a three)]"
etcdctl put $prefix/events/things "" >/dev/null
wait_for "an API that answers 503 is told in the log" log_says web1 'HTTP 503'
check "no flag is raised" no_flag web1
check "the event is kept" has_status web1 '.pending == ["things"]'
rm "$scratch/api/fail"
wait_for "and applied when the API is back" thing_is web1 a three

echo 404 >"$scratch/api/fail"
etcdctl put $prefix/events/things "" >/dev/null
wait_for "an API that does not know the type raises the flag" flag_is web1 \
    '.step == "objects" and (.error | contains("404"))'
check "nothing has changed" thing_is web1 a three
rm "$scratch/api/fail"
check_status "the key is in no log" 1 grep -q "the secret key" \
    "$scratch/web1/log"
check_status "and not in the flag" 1 grep -q "the secret key" \
    <(ctl web1 flag show --json)
done_testing
