#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# What module code cannot find out, and who cannot reach it.
# shellcheck source=t/e2e/tap.sh
. "$(dirname "$0")/e2e/tap.sh" || exit 1

mkdir -p "$scratch"/{objects,modules,modules.d,root/etc,state} || exit 1
install -m 644 "$builddir"/t/modules/{spy,ok,hostile}.so "$scratch/modules/"
secret=planted-$$-secret
head=${secret%%-secret} tail=-secret
cat >"$scratch/ccm.conf" <<END
node = "web1";
store = { kind = "local"; path = "$scratch/store-$secret"; };
module_dirs = ("$scratch/modules");
modules_d = "$scratch/modules.d";
state_dir = "$scratch/state";
objects = { kind = "directory"; path = "$scratch/objects"; };
root = "$scratch/root";
END
echo '[{"id": 1, "name": "one"}]' >"$scratch/objects/things.json"
echo "[{\"id\": 1, \"name\": \"$secret\"}]" >"$scratch/objects/secrets.json"

runner() {
    "$builddir/ccm-runner" -c "$scratch/ccm.conf" "$@"
}
confinement=$(runner describe | jq -c .confinement)

# --- memory: what others have, and what the runner has
# spies TYPE: the module that searches its memory, with objects of a type.
spies() {
    printf '%s\n' 'module = "spy";' "subscribes = (\"$1\");" \
        "settings = { act = \"memory\"; head = \"$head\"; tail = \"$tail\";
        type = \"$1\"; };" \
        >"$scratch/modules.d/spy.conf"
}
printf '%s\n' 'module = "ok";' 'name = "other";' 'subscribes = ("secrets");' \
    "settings = { colour = \"$secret\"; };" >"$scratch/modules.d/other.conf"
spies secrets
# A sanitizer ends whoever reads its shadow.
if grep -q "__asan_init\|__tsan_init" "$builddir/ccm-runner"; then
    ok "memory # SKIP a sanitizer does not let a module search its memory"
else
    check_status "a module that searches its memory plans" 0 \
        env CCM_TEST_SECRET="$secret" "$builddir/ccm-runner" \
        -c "$scratch/ccm.conf" plan
    check_says "and finds what it was given" 'spy: found it [1-9]' "$output"
    spies things
    check_status "so it does with other objects" 0 \
        env CCM_TEST_SECRET="$secret" "$builddir/ccm-runner" \
        -c "$scratch/ccm.conf" plan
    check_says "but then nothing of others', of ccm.conf or of the environment" \
        'spy: found it 0 times in [0-9]{2,} ranges' "$output"
fi
rm "$scratch/modules.d/other.conf"

# --- surroundings: a preview and a run look the same
printf '%s\n' 'module = "spy";' 'settings = { act = "look"; };' \
    >"$scratch/modules.d/spy.conf"
seen() {
    sed -n 's/^+\([a-z0-9/]\)/\1/p'
}
preview=$(env LOTS="$(printf %5000s x)" "$builddir/ccm-runner" \
    -c "$scratch/ccm.conf" plan -- | seen)
check_says "a module sees something" '^/proc/self/fd: [0-9]+ entries' \
    "$preview"
if [ "$(jq .alone <<<"$confinement")" = true ]; then
    check_says "but only its own process and the one it comes from" \
        '^/proc: [12] entries' "$preview"
    { echo '{"job":{"who":"test","configurations":null}}'
      echo '{"order":"apply","turn":"1"}'; } |
        runner run >"$scratch/run.out"
    check_says "a run applies it" '"event":"done"' "$(cat "$scratch/run.out")"
    check_is "and the module saw the same as in the preview" "$preview" \
        "$(cat "$scratch/root/seen")"
fi

# --- other users
if [ "$(id -u)" -ne 0 ] || ! command -v setpriv >"$scratch/command"; then
    done_testing
    exit
fi
printf '%s\n' 'module = "hostile";' 'settings = { act = "hang"; };' \
    >"$scratch/modules.d/spy.conf"
launch KILL "$scratch/log" "$builddir/ccm-runner" -c "$scratch/ccm.conf" plan
# The child of the runner's child, when it has become another user.
planner_is_there() {
    zygote=$(pgrep -P "$launched") && planner=$(pgrep -P "$zygote") &&
        uid=$(stat -c %u "/proc/$planner") &&
        uid=$(awk '/^Uid:/ { print $2 }' "/proc/$planner/status") &&
        [ "$uid" -ne 0 ]
}
wait_for "a planner runs" planner_is_there
planner_is_there
check_says "as a user of the range" '^21000[0-9]{5}$' "$uid"
# as UID WHAT: whether that user can do that to the planner.
as() {
    setpriv --reuid "$1" --regid "$1" --clear-groups -- \
        /usr/bin/python3 -c 'import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
pid = int(sys.argv[2])
if sys.argv[1] == "kill":
    os.kill(pid, 0)
elif sys.argv[1] == "read":
    open("/proc/%d/mem" % pid, "rb")
elif libc.ptrace(16, pid, 0, 0) < 0:
    raise OSError(ctypes.get_errno(), "ptrace")' "$2" "$planner"
}
for what in kill read ptrace; do
    check_status "nobody cannot $what it" 1 as 65534 "$what"
    check_says "for lack of a right" 'PermissionError|Operation not permitted' \
        "$output"
done
for what in read ptrace; do
    check_status "a process of the same user cannot $what it" 1 as "$uid" "$what"
done

# --- a program of such a planner
kill -KILL "$launched"
end_of "$launched"
install -m 644 "$builddir/modules/exec.so" "$scratch/modules/"
printf '%s\n' '#!/usr/bin/python3' 'import ctypes, time' \
    "ctypes.CDLL(None).prctl(15, b'ccmt$$', 0, 0, 0)" 'time.sleep(1000)' \
    >"$scratch/sleeper"
chmod 755 "$scratch/sleeper"
printf '%s\n' 'module = "exec";' 'name = "spy";' \
    "program = \"$scratch/sleeper\";" >"$scratch/modules.d/spy.conf"
launch KILL "$scratch/log" "$builddir/ccm-runner" -c "$scratch/ccm.conf" plan
program_is_there() {
    planner=$(pgrep -x "ccmt$$")
}
wait_for "a program runs" program_is_there
program_is_there
for what in kill read ptrace; do
    check_status "nobody cannot $what it either" 1 as 65534 "$what"
done
kill -KILL "$launched"
end_of "$launched"

# --- its range
sed -i 's/^node.*/&\nplanner_uids = { first = 300000; count = 100; };/' \
    "$scratch/ccm.conf"
check_is "ccm.conf can say which users these are" 300000-300099 \
    "$(runner describe | jq -r .confinement.user)"
done_testing
