#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The kernel kills the runner that a starting ccmd needs: to put right what a
# crash left (recover), or to read the modules (describe).
# shellcheck source=t/e2e/lib.sh
. "$(dirname "$0")/e2e/lib.sh" || exit 1

etcd_start
cat >"$scratch/runner" <<END
#!/bin/sh
for word; do
    if [ -s "$scratch/deaths.\$word" ]; then
        sed -i 1d "$scratch/deaths.\$word"
        kill -KILL \$\$
    fi
done
exec "$builddir/ccm-runner" "\$@"
END
chmod 755 "$scratch/runner"
node_make web1 "runner=\"$scratch/runner\""
node_things web1

# dies STEP TIMES: the next so many runners that do it are killed.
dies() {
    seq "$2" >"$scratch/deaths.$1"
}

for step in recover describe; do
    [ $step = recover ] && what="cannot recover from the crash" ||
        what="reading the modules"
    dies $step 2
    log_mark web1
    node_start web1
    wait_for "$step: killed twice, ccmd starts all the same" is_settled web1
    check "$step: both were said" \
        test "$(log_says_since web1 "$what: .*killed by signal 9.*again" |
            wc -l)" = 2
    node_stop web1

    dies $step 3
    log_mark web1
    node_launch web1
    end_of "${node_pid[web1]}"
    check_is "$step: killed three times, ccmd gives up" 1 "$ended"
    check "$step: it says at what, why, and what to do" log_says_since web1 \
        "$what: .*killed by signal 9.*three times.*then start ccmd again"
done

dies describe 1
log_mark web1
node_launch web1
wait_for "in the pause" log_says_since web1 "reading the modules.*again"
node_stop web1
check_is "SIGTERM ends it" 0 "$ended"
done_testing
