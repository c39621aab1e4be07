# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# For the tests of the installed packages; sourced. They run as root on a
# machine that is thrown away, with systemd or without it.
set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
work=$(mktemp -d)
chmod 755 "$work"
patience=120

fail() {
    echo "FAILED: $*" >&2
    for log in /var/log/ccmd.log "$work"/*.log; do
        [ ! -f "$log" ] || tail -n 30 "$log" >&2
    done
    exit 1
}

# check SENTENCE COMMAND...: the command succeeds.
check() {
    local sentence=$1 output
    shift
    output=$("$@" 2>&1) || fail "$sentence: $*: $output"
    echo "good: $sentence"
}

# wait_for SENTENCE COMMAND...: it does so in the end.
wait_for() {
    local sentence=$1 deadline=$((SECONDS + patience))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $deadline ] || fail "$sentence, never: $("$@" 2>&1)"
        sleep 0.1
    done
    echo "good: $sentence"
}

not() {
    ! "$@"
}

says() {
    grep -qE -- "$1" <<<"$2"
}

# ccmd COMMAND: through the init system.
service_ccmd() {
    if [ -d /run/systemd/system ]; then
        systemctl "$1" ccmd
    else
        /etc/init.d/ccmd "$1"
    fi
}

ccmd_pid() {
    if [ -d /run/systemd/system ]; then
        systemctl show -p MainPID --value ccmd
    else
        cat /run/ccmd.pid
    fi
}

# Adds keys to ccm.conf; what the package set for them goes.
configure() {
    local line
    for line in "$@"; do
        sed -i "/^${line%% *} = {\$/,/^};/d; /^${line%% *} = /d" \
            /etc/ccm/ccm.conf
        echo "$line" >>/etc/ccm/ccm.conf
    done
}

is_settled() {
    ccmctl status --json | jq -e '.state == "idle" and .pending == []
        and .connected'
}

# A configuration without a compiler: a file from a program in shell.
# hello_make FIELDS: the JSON of more changes.
hello_make() {
    mkdir -p /etc/ccm/plan
    echo '[]' >/var/lib/ccm/objects/hellos.json
    cat >/etc/ccm/plan/hello.sh <<END
#!/bin/sh
printf '%s' '{"changes": [{"kind": "file", "path": "/etc/ccm-hello",
    "content": "$1\n"}${2:+, $2}]}'
END
    chmod 755 /etc/ccm/plan/hello.sh
    cat >/etc/ccm/modules.d/hello.conf <<'END'
module = "exec";
name = "hello";
program = "/etc/ccm/plan/hello.sh";
subscribes = ("hellos");
END
}
