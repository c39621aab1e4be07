#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The fpm-pools module: what it writes is what php-fpm takes.
# shellcheck source=t/e2e/module.sh
. "${srcdir:-.}/t/e2e/module.sh"

php=$web/etc/php
pools=$php/8.2/fpm/pool.d
mkdir "$scratch/run"
true='reload = ["/bin/true"];'
module_make fpm-pools \
    "services={ new = { name = \"php8.2-fpm\"; $true };$(
    ) old = { name = \"php8.1-fpm\"; $true }; }"
mkdir -p "$pools" "$php/8.1/fpm/pool.d"

# declare_pools SETTINGS
declare_pools() {
    node_use web1 fpm-pools.conf 'module = "fpm-pools";' "settings = { $1 };"
}

test_details() {
    cat "$scratch/said"
    tail -n +1 "$pools"/*
}

# pool ID NAME [MORE FIELDS]
pool() {
    jq -nc --argjson id "$1" --arg name "$2" \
        "{\$id, \$name, version: \"8.2\", unix_user_id: 1,
          php_settings: {}} + {${3-}}"
}

# php-fpm itself reads the pools, and nothing else.
fpm_takes_it() {
    printf '%s\n' '[global]' "error_log = $scratch/fpm.log" \
        "include = $pools/*.conf" >"$scratch/fpm.conf"
    php-fpm8.2 -t -n -y "$scratch/fpm.conf"
}

# fpm_says POOL KEY: php-fpm's own idea of a value.
fpm_says() {
    php-fpm8.2 -tt -n -y "$scratch/fpm.conf" 2>&1 |
        sed "s/^\[[^]]*\] NOTICE:[ \t]*//" |
        awk -v section="[$1]" -v key="$2 = " '/^\[/ { inside = $0 == section }
            inside && index($0, key) == 1 { print substr($0, length(key) + 1) }'
}

declare_pools "sockets = \"$scratch/run\"; logs = \"$scratch/run\";"
printf '%s\n' '{"id":1,"username":"nobody","unix_id":65534}' \
    '{"id":2,"username":"root","unix_id":0}' \
    '{"id":3,"username":"x\nuser = root","unix_id":10003}' \
    '{"id":4,"username":"www-data","unix_id":33}' | objects unix-users

# --- one file a pool
echo "[www]" >"$pools/www.conf"
echo "; not a pool" >"$pools/README"
{
    pool 2 shop.example '"php_settings": {"memory_limit": "512M",
        "display_errors": false, "error_reporting": 22527,
        "date.timezone": "Europe/Amsterdam", "upload_max_filesize": null}'
    pool 1 blog '"unix_user_id": 4, "max_children": 7, "max_requests": 300,
        "process_idle_timeout": 3, "log_slow_requests_threshold": 4'
} | objects fpm-pools
check "the pools are applied" apply
check_is "no object is rejected" "" "$(rejected)"
check_is "each has a file; Debian's own pool is gone" \
    "README blog.conf shop.example.conf" "$(files_in "$pools")"
check_is "only its owner may read it" 600 "$(stat -c %a "$pools/blog.conf")"
check_status "php-fpm -t accepts them" 0 fpm_takes_it
check_is "php-fpm sees the user" www-data "$(fpm_says blog user)"
check_is "and processes on demand" ondemand "$(fpm_says blog pm)"
check_is "and their number" 7 "$(fpm_says blog pm.max_children)"
check_is "and their life" 300 "$(fpm_says blog pm.max_requests)"
check_is "and their idle time" 3 "$(fpm_says blog pm.process_idle_timeout)"
check_is "and the slow log's threshold" 4s \
    "$(fpm_says blog request_slowlog_timeout)"
check_is "and the socket" "$scratch/run/php8.2-blog.sock" \
    "$(fpm_says blog listen)"
check_is "and PHP's settings" 512M \
    "$(fpm_says shop.example 'php_admin_value[memory_limit]')"
check_is "with slashes" Europe/Amsterdam \
    "$(fpm_says shop.example 'php_admin_value[date.timezone]')"
check_is "and numbers" 22527 \
    "$(fpm_says shop.example 'php_admin_value[error_reporting]')"
check_is "and flags" 0 \
    "$(fpm_says shop.example 'php_admin_value[display_errors]')"
plan=$(runner plan --json)
check_is "nothing is left to do" 0 "$(jq '.changes | length' <<<"$plan")"
jq 'reverse | map(.php_settings |= (to_entries | reverse | from_entries))' \
    "$objects/fpm-pools.json" >"$objects/new"
mv "$objects/new" "$objects/fpm-pools.json"
check_status "another order of objects and settings changes nothing" 0 \
    runner plan --exit-code

# --- changes reach the service
pool 1 blog '"max_children": 9' | objects fpm-pools
plan=$(runner plan --json)
check_is "a changed pool and a removed one" \
    "update blog.conf,delete shop.example.conf" \
    "$(jq -r '.changes | map(.action + " " + (.path | sub(".*/"; ""))) |
        join(",")' <<<"$plan")"
check_is "reload the service of that version" php8.2-fpm:reload \
    "$(jq -r '.services | map(.name + ":" + .action) | join(",")' <<<"$plan")"
check "it is applied" apply
check_is "the file of a pool that is gone is gone" "README blog.conf" \
    "$(files_in "$pools")"

# --- what php-fpm would not take, or take for something else
before=$(cat "$pools/blog.conf")
# shellcheck disable=SC2016
{
    pool 1 blog '"php_settings": {"memory_limit": "1M\"\nuser = \"root"}'
    pool 2 good
    pool 3 two '"php_settings": {"a]\n[evil": "1"}'
    pool 4 three '"php_settings": {"a": "$pool"}'
    pool 5 four '"php_settings": {"a": "\\"}'
    pool 6 five '"php_settings": {"a": ["1"]}'
    pool 7 six '"php_settings": {"": "1"}'
    pool 8 seven '"php_settings": []'
    pool 9 eight '"max_children": 0'
    pool 10 nine '"max_children": "5\nuser = root"'
    pool 11 ten '"log_slow_requests_threshold": -1'
    pool 12 good
    pool 13 eleven '"unix_user_id": 2'
    pool 14 twelve '"unix_user_id": 3'
    pool 15 thirteen '"unix_user_id": 9'
    pool 16 "$(printf '%065d' 0)"
} | objects fpm-pools
check "bad pools do not stop the good ones" apply
check_is "each of the bad ones is rejected by name" \
    "$(echo fpm-pools/{1,3,4,5,6,7,8,9,10,11,12,13,14,15,16} unix-users/3)" \
    "$(names_of_rejected)"
check_says "a reason names the setting" \
    'fpm-pools/1: php_settings: .*memory_limit' "$(rejected)"
check_is "a rejected pool's old file stays as it is" "$before" \
    "$(cat "$pools/blog.conf")"
check_is "a rejected pool that had none gets none" \
    "README blog.conf good.conf" "$(files_in "$pools")"
check_status "php-fpm -t accepts what there is" 0 fpm_takes_it

# --- free text between the quotes is free text
# shellcheck disable=SC2016
hostile='; user = root # [x] {PATH} %s & | ! ~ ( ) = '\''a'\'' é'
pool 1 blog "\"php_settings\": {\"auto_prepend_file\":
    $(jq -n --arg text "$hostile" '$text')}" | objects fpm-pools
check "a value full of php-fpm's own characters is applied" apply
check_status "php-fpm -t accepts it" 0 fpm_takes_it
check_is "and takes it for one value" "$hostile" \
    "$(fpm_says blog 'php_admin_value[auto_prepend_file]')"
check_is "and not for a user" nobody "$(fpm_says blog user)"

# --- pools whose file cannot be told keep all files where they are
{
    pool 2 ../../etc/passwd
    pool 3 global
    pool 4 old '"version": "7.4"'
    pool 5 '' ''
    pool 6 'a]'
} | objects fpm-pools
check "pools without a place" apply
check_is "are rejected" \
    "fpm-pools/2 fpm-pools/3 fpm-pools/4 fpm-pools/5 fpm-pools/6" \
    "$(names_of_rejected)"
check_is "and nothing is removed, for it might be theirs" \
    "README blog.conf" "$(files_in "$pools")"

# --- a pool whose version alone is rejected keeps its own file, and no other
{ pool 1 blog && pool 2 gone; } | objects fpm-pools
check "two pools" apply
{ pool 1 blog '"version": "8.3"'; } | objects fpm-pools
check "one moves to a version that this node lacks, the other goes" apply
check_is "the first one is rejected" fpm-pools/1 "$(names_of_rejected)"
check_says "and stays as it is" "blog.conf" "$(files_in "$pools")"
check_is "the other one is removed" "" \
    "$(files_in "$pools" | grep -o gone.conf)"
check_status "php-fpm -t accepts it" 0 fpm_takes_it
rm "$pools/blog.conf"
check "its file gets lost" apply
check_is "a stand-in keeps php-fpm going" \
    "README none.conf" "$(files_in "$pools")"
check_status "php-fpm -t accepts that" 0 fpm_takes_it
{ pool 1 blog '"max_children": 0'; } | objects fpm-pools
check "a pool that is rejected for another reason" apply
check_is "does not take the stand-in along" \
    "README none.conf" "$(files_in "$pools")"
{ pool 1 blog '"max_requests": 0, "log_slow_requests_threshold": 0'; } |
    objects fpm-pools
check "0 is php-fpm's own word for no limit" apply
check_is "and it is taken" "" "$(rejected)"
check_is "as it is" 0 "$(fpm_takes_it && fpm_says blog pm.max_requests)"

# --- versions
declare_pools "sockets = \"$scratch/run\"; versions = (\"8.1\", \"8.2\");"
{ pool 1 blog '"version": "8.1"'; } | objects fpm-pools
check "a pool that moves to another version" apply
check_is "has its file there" blog.conf "$(files_in "$php/8.1/fpm/pool.d")"
check_is "and where no pool is left, a stand-in keeps php-fpm going" \
    "README none.conf" "$(files_in "$pools")"
check_status "php-fpm -t accepts it" 0 fpm_takes_it

# --- settings
while IFS='|' read -r settings says; do
    declare_pools "$settings"
    check_status "refused: $settings" 1 runner describe
    check_says "with a reason" "$says" "$output"
done <<'END'
directory = "/etc/php/pool.d";|directory
directory = "/etc/%d/pool.d";|directory
directory = "etc/%s/pool.d";|directory
directory = "/etc/%s/%s/pool.d";|directory
versions = ("8/2");|versions
versions = (8);|versions
sockets = "run";|sockets
web_user = "a\nb";|web_user
END
done_testing
