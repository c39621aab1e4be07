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
wait_for "an API that answers 503 is logged" log_says web1 'HTTP 503'
check "no flag is raised" no_flag web1
check "the event is kept" has_status web1 '.pending == ["things"]'
rm "$scratch/api/fail"
wait_for "and applied when the API is back" thing_is web1 a three

# None of these is a change that failed on a node.
for what in 401 403 404 "200 <html>One moment</html>" "200" "204"; do
    echo "$what" >"$scratch/api/fail"
    things "[$(thing 1 a "$what")]"
    before=$(wc -l <"$scratch/web1/log")
    etcdctl put $prefix/events/things "" >/dev/null
    said() {
        tail -n +"$((before + 1))" "$scratch/web1/log" |
            grep -qE 'objects: http: things: page 1: .*(HTTP|JSON)'
    }
    wait_for "an API that answers $what is in the log" said
    check "$what: no flag is raised" no_flag web1
    rm "$scratch/api/fail"
    wait_for "$what: the change is applied when that is over" \
        thing_is web1 a "$what"
done

# Half of the answers are bad: each page is asked for again.
echo 2 >"$scratch/api/every"
things "[$(thing 1 a half),$(thing 2 b half),$(thing 3 c half),$(thing 4 d half),
    $(thing 5 e half),$(thing 6 f half),$(thing 7 g half)]"
etcdctl put $prefix/events/things "" >/dev/null
wait_for "every second answer is 502: all arrives" thing_is web1 g half
check "every second answer is 502: no flag is raised" no_flag web1
rm "$scratch/api/every"

# An API that takes longer than a run may.
node_make web2 "objects={ kind = \"http\"; url = \"$url\"; api_key_file = \"$scratch/key\"; }" \
    "rollout={ run_timeout = 10; ttl = 5; }"
node_things web2
touch "$scratch/api/hang"
node_launch web2
wait_for "an API that is slower than a run may be is in the log" \
    log_says web2 'objects: http: things'
check "slow: no flag is raised" no_flag web1
rm "$scratch/api/hang"
wait_for "slow: applied when that is over" thing_is web2 a half
node_stop web2

check_status "the key is in no log" 1 grep -q "the secret key" \
    "$scratch/web1/log"
check_status "and not in the flag" 1 grep -q "the secret key" \
    <(ctl web1 flag show --json)
done_testing
