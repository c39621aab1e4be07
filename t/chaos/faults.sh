# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Faults for end-to-end tests: links that misbehave on command, and
# an etcd of several members. Sourced.
#
#   . "$(dirname "$0")/chaos/faults.sh" || exit 1
#   etcd_start
#   links_start web1=$etcd_address web2=$etcd_address
#   node_make web1 "store=$(store_by web1)"
#   fault web1 swallow down
#
# All but the single etcd listens on one loopback address of this test's own.

# shellcheck source=t/e2e/lib.sh
. "${BASH_SOURCE[0]%/*}/../e2e/lib.sh"

address=127.$((16 + ($$ >> 16) % 200)).$((($$ >> 8) % 256)).$(($$ % 256))
declare -A link_number=()
fault_count=0 met_before=0

# links_start NAME=ADDRESS:PORT...: a link each.
links_start() {
    local pair n=0 pairs=()
    for pair in "$@"; do
        link_number[${pair%%=*}]=$n
        pairs+=("$address:$((3000 + n))=${pair#*=}")
        n=$((n + 1))
    done
    mkfifo "$scratch/links.fifo"
    launch KILL "$scratch/links.log" "$builddir/t/chaos/proxy" \
        "$scratch/links.fifo" "${pairs[@]}"
    wait_until grep -q '^0 ok' "$scratch/links.log" ||
        bail "the links do not start"
}

link_url() {
    echo "http://$address:$((3000 + link_number[$1]))"
}

# store_by LINK...: the value of "store" in ccm.conf.
store_by() {
    local link urls=
    for link in "$@"; do
        urls="$urls${urls:+, }\"$(link_url "$link")\""
    done
    echo "{ kind = \"etcd\"; endpoints = ($urls); prefix = \"$prefix\"; }"
}

# fault LINK|'*' COMMAND...: returns when it is in force; see proxy.c.
fault() {
    local link=$1
    shift
    [ "$link" = '*' ] || link=${link_number[$link]}
    fault_count=$((fault_count + 1))
    echo "$fault_count $link $*" >"$scratch/links.fifo"
    wait_until grep -q "^$fault_count ok" "$scratch/links.log" ||
        bail "the link does not obey: $*"
}

# fault_met LINK COMMAND [TIMES]: what was to happen has happened.
fault_met() {
    [ "$(tail -n "+$((met_before + 1))" "$scratch/links.log" |
        grep -c "^matched ${link_number[$1]} $2")" -ge "${3:-1}" ]
}

forget_met() {
    met_before=$(wc -l <"$scratch/links.log")
}

# What a request of that kind holds: put_of KEY, delete_of KEY.
put_of() {
    echo "{\"request_put\":{\"key\":\"$(key64 "$1")"
}

delete_of() {
    echo "{\"request_delete_range\":{\"key\":\"$(key64 "$1")"
}

key64() {
    printf %s "$prefix/$1" | base64 -w0
}

# ------------------------------------------------------------------ members

declare -A member_pid=()
members=3

member_start() {
    local i cluster=
    for ((i = 0; i < members; i++)); do
        cluster="$cluster${cluster:+,}m$i=http://$address:$((2500 + i))"
    done
    launch KILL "$scratch/etcd$1.log" etcd --name "m$1" \
        --data-dir "$memory/etcd$1" --logger zap --log-outputs stderr \
        --listen-client-urls "http://$address:$((2400 + $1))" \
        --advertise-client-urls "http://$address:$((2400 + $1))" \
        --listen-peer-urls "http://$address:$((2500 + $1))" \
        --initial-advertise-peer-urls "http://$address:$((2500 + $1))" \
        --initial-cluster "$cluster" --heartbeat-interval 100 \
        --election-timeout 1000
    member_pid[$1]=$launched
}

members_start() {
    local i all=
    for ((i = 0; i < members; i++)); do
        member_start "$i"
        all="$all${all:+,}http://$address:$((2400 + i))"
    done
    export ETCDCTL_API=3 ETCDCTL_ENDPOINTS=$all
    etcd_url=http://$address:2400
    wait_until etcdctl --command-timeout 5s endpoint health ||
        bail "etcd does not start"
    record_start
}

member_kill() {
    kill -KILL "${member_pid[$1]}"
    end_of "${member_pid[$1]}"
}

member_is_leader() {
    ETCDCTL_ENDPOINTS=http://$address:$((2400 + $1)) etcdctl endpoint status \
        -w json | jq -e '.[0].Status | .leader == .header.member_id' >/dev/null
}

leader() {
    local i
    for ((i = 0; i < members; i++)); do
        ! member_is_leader "$i" 2>/dev/null || echo "$i"
    done
}

# -------------------------------------------------------------------- points

no_lease_of() {
    ! key_exists "alive/$1"
}

# turn_is NODE OUTCOME REVISION: the node's newest turn since then.
turn_is() {
    [ "$(history_of turns --since "$3" | grep "^$1:" | tail -n 1)" = "$1:$2" ]
}
