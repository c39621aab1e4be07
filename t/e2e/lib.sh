# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A cluster for a test: a private etcd, nodes that each have a root of their
# own, and a record of all that happens below the prefix. Sourced.
#
#   . "$(dirname "$0")/e2e/lib.sh" || exit 1
#   etcd_start
#   node_make web1 && node_start web1
#   ctl web1 status
#   done_testing

# shellcheck source=t/e2e/tap.sh
. "${BASH_SOURCE[0]%/*}/tap.sh"

prefix=/ccm
declare -A node_pid=()
modules=$scratch/modules
mkdir "$modules"

# ---------------------------------------------------------------------- etcd

# Starts etcd on free ports, or again on those it had, and the recording.
# What a test adds to etcd's options before it starts it.
etcd_options=()

etcd_start() {
    local port=${etcd_port-}
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        etcd_port=${port:-$((20000 + RANDOM % 12000))}
        etcd_url=${etcd_scheme-http}://127.0.0.1:$etcd_port
        export ETCDCTL_API=3 ETCDCTL_ENDPOINTS=$etcd_url
        etcd_launch "$((etcd_port - 10000))"
        if wait_until etcd_answers_or_died && etcd_answers >/dev/null 2>&1
        then
            [ -n "$port" ] || record_start
            return 0
        fi
        end_of "$etcd_pid"
    done
    tail -n 5 "$scratch/etcd.log" | diagnose
    bail "etcd does not start"
}

etcd_launch() {
    local peer=http://127.0.0.1:$1
    launch KILL "$scratch/etcd.log" etcd --name t \
        --data-dir "$memory/etcd" --logger zap --log-outputs stderr \
        --listen-client-urls "$etcd_url" \
        --advertise-client-urls "$etcd_url" \
        --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" \
        --initial-cluster "t=$peer" --heartbeat-interval 20 \
        --election-timeout 200 "${etcd_options[@]}"
    etcd_pid=$launched
}

# etcdctl waits a second when nobody listens yet.
etcd_answers() {
    (: <"/dev/tcp/127.0.0.1/$etcd_port") 2>/dev/null &&
        etcdctl --command-timeout 2s endpoint health &&
        kill -0 "$etcd_pid"
}

etcd_answers_or_died() {
    etcd_answers || ! kill -0 "$etcd_pid"
}

etcd_stop() {
    kill -KILL "$etcd_pid"
    end_of "$etcd_pid"
}

# ------------------------------------------------------------------- history

# All that is put and deleted below the prefix, from the first revision on.
record_start() {
    launch KILL "$scratch/history.json" \
        etcdctl watch --prefix "$prefix" --rev 1 -w json
    recording=$launched
}

# After an etcd that was away for long: etcdctl takes its time to come back.
record_again() {
    kill -KILL "$recording"
    end_of "$recording"
    : >"$scratch/history.json"
    record_start
}

# The watch has got as far as this moment.
record_catch_up() {
    local mark
    mark=$prefix-mark/$RANDOM$RANDOM$RANDOM
    etcdctl put "$mark" "" >/dev/null
    wait_until grep -q "$(printf %s "$mark" | base64 -w0)" \
        "$scratch/history.json"
}

# history COMMAND: see history.py.
history_of() {
    record_catch_up
    "$srcdir/t/e2e/history.py" --prefix "$prefix" "$@" \
        "$scratch/history.json"
}

check_history() {
    check "one node at a time, and none after a failure (I1, I2)" \
        history_of check
}

# The turns so far, "web1:done web2:failed", in order; since REVISION.
turns() {
    history_of turns --since "${1:-0}" | tr '\n' ' ' | sed 's/ $//'
}

# The number of begun turns of a node, since REVISION.
turns_of() {
    history_of turns --since "${2:-0}" | grep -c "^$1:"
}

revision_now() {
    etcdctl get / -w json | jq .header.revision
}

# The revision of the newest event of a type.
event_revision() {
    etcdctl get "$prefix/events/$1" -w json | jq '.kvs[0].mod_revision'
}

etcd_get() {
    etcdctl get --print-value-only "$prefix/$1"
}

# The lease of a node's presence, in hex.
lease_of() {
    local lease
    lease=$(etcdctl get "$prefix/alive/$1" -w fields |
        awk '$1 == "\"Lease\"" { print $3 }')
    [ -z "$lease" ] || printf '%x\n' "$lease"
}

key_exists() {
    [ -n "$(etcdctl get --keys-only "$prefix/$1")" ]
}

any_key_below() {
    [ -n "$(etcdctl get --prefix --keys-only --limit 1 "$prefix/$1")" ]
}

no_key_below() {
    ! any_key_below "$1"
}

# --------------------------------------------------------------------- nodes

# Makes a module loadable by name: module_add things (in modules of the
# build, of the tests, or of the end-to-end tests).
module_add() {
    local dir
    for dir in modules t/modules t/e2e; do
        if [ -f "$builddir/$dir/$1.so" ]; then
            install -m 644 "$builddir/$dir/$1.so" "$modules/$1.so"
            return
        fi
    done
    bail "there is no module $1"
}

# node_make NAME [KEY=VALUE]...: a folder with root, state and ccm.conf. Each
# VALUE is written as it is, so strings need their quotes; an empty one leaves
# the key out.
node_make() {
    local name=$1 dir=$scratch/$1 key
    shift
    local -A conf=(
        [node]="\"$name\""
        [root]="\"$dir/root\""
        [state_dir]="\"$dir/state\""
        [socket]="\"$dir/ccmd.sock\""
        [modules_d]="\"$dir/modules.d\""
        [module_dirs]="(\"$modules\")"
        [runner]="\"$builddir/ccm-runner\""
        [store]="{ kind = \"etcd\"; endpoints = (\"${etcd_url-}\");
          prefix = \"$prefix\"; }"
        [objects]='{ kind = "etcd"; }'
        [settle]='{ quiet = 0.2; max = 20.0; }'
        [rollout]="{ ttl = $((5 * slowness)); run_timeout = $((120 * slowness)); }"
    )
    for key in "$@"; do
        conf[${key%%=*}]=${key#*=}
    done
    mkdir -p "$dir/root/etc" "$dir/state" "$dir/modules.d"
    for key in "${!conf[@]}"; do
        [ -z "${conf[$key]}" ] || echo "$key = ${conf[$key]};"
    done >"$dir/ccm.conf"
    chmod 644 "$dir/ccm.conf"
}

# node_use NAME FILE.conf [LINE]...: a declaration in modules.d.
node_use() {
    local file=$scratch/$1/modules.d/$2
    shift 2
    printf '%s\n' "$@" >"$file"
    chmod 644 "$file"
}

# node_things NAME [LINE]...: the test module that most tests use.
node_things() {
    local name=$1
    shift
    [ -f "$modules/things.so" ] || module_add things
    node_use "$name" things.conf 'module = "things";' "$@"
}

# Starts ccmd and waits until it answers. node_env is put before it.
node_env=()
node_launch() {
    launch TERM "$scratch/$1/log" env ASAN_OPTIONS="${ASAN_OPTIONS-}" \
        "${node_env[@]}" "$builddir/ccmd" -v -c "$scratch/$1/ccm.conf"
    node_pid[$1]=$launched
}

node_start() {
    local name
    for name in "$@"; do
        node_launch "$name"
    done
    for name in "$@"; do
        wait_until node_answers_or_died "$name"
        node_answers "$name" >/dev/null 2>&1 || bail "$name does not start"
    done
}

node_answers() {
    ctl "$1" status --json
}

node_answers_or_died() {
    node_answers "$1" || node_is_gone "$1"
}

node_lives() {
    kill -0 "${node_pid[$1]}" 2>/dev/null
}

node_is_gone() {
    ! node_lives "$1"
}

# Ends with SIGTERM (or another signal); its exit status is in $ended.
node_stop() {
    kill "-${2:-TERM}" "${node_pid[$1]}" 2>/dev/null
    end_of "${node_pid[$1]}"
}

ctl() {
    local name=$1
    shift
    "$builddir/ccmctl" "$@" --socket "$scratch/$name/ccmd.sock"
}

# status NAME FILTER: a value from status --json.
status() {
    ctl "$1" status --json | jq -r "$2"
}

# has_status NAME CONDITION: a jq condition on status --json.
has_status() {
    ctl "$1" status --json | jq -e "$2" >/dev/null
}

# Nothing is pending, and what is there is applied.
is_settled() {
    has_status "$1" '.state == "idle" and .pending == [] and .connected'
}

all_settled() {
    local name
    for name in "$@"; do
        is_settled "$name" || return 1
    done
}

# The cluster has nothing left to do: as nodes --json says.
converged() {
    ctl "$1" nodes --json | jq -e .converged >/dev/null
}

# The flag is up, and a jq condition on it holds: flag_is NODE CONDITION.
flag_is() {
    ctl "$1" flag show --json | jq -e ".flag != null and (.flag | $2)" \
        >/dev/null
}

no_flag() {
    ctl "$1" flag show --json | jq -e '.flag == null' >/dev/null
}

flag_node() {
    ctl "$1" flag show --json | jq -r '.flag.node'
}

# log_says NAME PATTERN
log_says() {
    grep -qE -- "$2" "$scratch/$1/log"
}

# log_mark, log_says_since NAME PATTERN: what all logs say from there on.
declare -A log_marks=()
log_mark() {
    local log
    for log in "$scratch"/*/log; do
        log_marks[$log]=$(wc -l <"$log")
    done
}

log_says_since() {
    local log=$scratch/$1/log
    tail -n "+$((${log_marks[$log]:-0} + 1))" "$log" | grep -E -- "$2"
}

# digest NAME OF: what nodes --json of NAME says that OF has applied.
digest() {
    ctl "$1" nodes --json |
        jq -r --arg of "$2" '.nodes[] | select(.node == $of) | .applied.digest // ""'
}

# others NODE ALL...: all but that one.
others() {
    local not=$1 node
    shift
    for node in "$@"; do
        [ "$node" = "$not" ] || printf '%s ' "$node"
    done
}

# tree_of NAME: everything below the node's root, for comparing.
tree_of() {
    (cd "$scratch/$1/root" && find . -type f -exec md5sum {} + | sort -k 2)
}

root() {
    echo "$scratch/$1/root"
}

# ---------------------------------------------------------------- test data

# thing_put NODE ID NAME CONTENT [MORE JSON FIELDS]
thing_put() {
    local node=$1 id=$2 name=$3 content=$4 more=${5:-}
    jq -nc --argjson id "$id" --arg name "$name" --arg content "$content" \
        "{\$id, \$name, \$content} + {$more}" |
        ctl "$node" object put things - >/dev/null
}

thing_is() {
    [ "$(cat "$scratch/$1/root/etc/things/$2" 2>/dev/null)" = "$3" ]
}

all_have_thing() {
    local name=$1 content=$2 node
    shift 2
    for node in "$@"; do
        thing_is "$node" "$name" "$content" || return 1
    done
}

# gate_make: a program that notes its argument (a node) in a log and then waits
# for as long as the gate is shut, for all or for that node. It succeeds unless
# the gate refuses.
gate_make() {
    cat >"$scratch/gate" <<END
#!/bin/sh
cd "$scratch" || exit 1
echo "\$1" >>gate.log
while [ -e gate.shut ] || [ -e "gate.shut.\$1" ]; do
    sleep 0.02
done
[ ! -e gate.refuse ] && [ ! -e "gate.refuse.\$1" ] && exit
echo "the gate refuses \$1" >&2
exit 1
END
    chmod 755 "$scratch/gate"
    : >"$scratch/gate.log"
}

# gate_shut [NODE], gate_open [NODE]; gate_refuse [NODE], gate_allow [NODE]
gate_shut() {
    : >"$scratch/gate.shut${1:+.$1}"
}

gate_open() {
    rm -f "$scratch/gate.shut${1:+.$1}"
}

gate_refuse() {
    : >"$scratch/gate.refuse${1:+.$1}"
}

gate_allow() {
    rm -f "$scratch/gate.refuse${1:+.$1}"
}

# The nodes that came to the gate, in order.
gate_seen() {
    tr '\n' ' ' <"$scratch/gate.log" | sed 's/ $//'
}

gate_forget() {
    : >"$scratch/gate.log"
}

# gate_reached: somebody is there; the last one's name is in $at_gate.
gate_reached() {
    at_gate=$(tail -n 1 "$scratch/gate.log")
    [ -n "$at_gate" ]
}

# Shown with the first failure.
test_details() {
    local log
    for log in "$scratch"/*/log; do
        [ -f "$log" ] || continue
        echo "$log:"
        tail -n 40 "$log"
    done
}
