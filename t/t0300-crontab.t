#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The crontab module: what it writes is what Debian's cron takes and runs.
# shellcheck source=t/e2e/module.sh
. "${srcdir:-.}/t/e2e/module.sh"

spool=$web/var/spool/cron/crontabs
module_make crontab
mkdir -p "$spool"

# declare_crontab [SETTING]... [-- LINE]...
declare_crontab() {
    local settings
    settings="owner = \"$(id -un)\"; group = \"$(id -gn)\";"
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        settings+=" $1" && shift
    done
    node_use web1 crontab.conf 'module = "crontab";' \
        "settings = { $settings };" "${@:2}"
}

# user ID NAME, cron ID USER COMMAND [MORE FIELDS]
user() {
    jq -nc --argjson id "$1" --arg username "$2" \
        '{$id, $username, unix_id: (10000 + $id)}'
}

cron() {
    jq -nc --argjson id "$1" --argjson unix_user_id "$2" --arg command "$3" \
        "{\$id, name: \"job \(\$id)\", \$unix_user_id, \$command,
          schedule: \"*/5 * * * *\", random_delay_max_seconds: 0,
          timeout_seconds: null, locking_enabled: false} + {${4-}}"
}

add_cron() {
    edit crons ". + [$(cat)]"
}

# line USER ID: the line that follows that job's comment.
line() {
    sed -n "/^# $2: /,/^[*@0-9]/{/^[*@0-9]/p}" "$spool/$1"
}

declare_crontab
{ user 1 alice; user 2 bob; user 3 carol; } | objects unix-users

# --- one file a user, in a stable order
echo "#root's own" >"$spool/root"
echo "#left over" >"$spool/carol"
{
    cron 2 1 'echo two' '"email_address":"alice@example.com"'
    cron 3 1 'echo three' '"email_address":"alice@example.com"'
    cron 1 1 'echo one' '"schedule":"@daily"'
    cron 4 2 'echo four' '"random_delay_max_seconds":7,"timeout_seconds":60,
        "locking_enabled":true'
    cron 5 2 'echo five' '"is_active":false'
} | objects crons
check "the crons are applied" apply
check_is "no object is rejected" "" "$(rejected)"
check_is "each user with jobs has a crontab; others' are left alone" \
    "alice bob root" "$(files_in "$spool")"
check_is "only its owner may read it" 600 "$(stat -c %a "$spool/alice")"
check_says "it says not to edit it" "^# .*[Dd]o not edit" "$(cat "$spool/alice")"
check_is "jobs come in the order of their ids, MAILTO where it changes" \
    '@daily sh -c '\''echo one'\''
MAILTO="alice@example.com"
*/5 * * * * sh -c '\''echo two'\''
*/5 * * * * sh -c '\''echo three'\' "$(grep -v '^#\|^$' "$spool/alice" |
        sed '/^MAILTO=""$/d')"
check_is "delay, lock and time limit are plain tools" \
    "*/5 * * * * sleep \"\$(shuf -i 0-7 -n 1)\"; flock -n -E 0 -o \
/var/spool/ccm-crontab/bob/4 timeout -k 10 60 sh -c 'echo four'" "$(line bob 4)"
check "an inactive cron has no line" test -z "$(line bob 5)"
edit crons reverse
check_status "another order of the objects changes nothing" 0 \
    runner plan --exit-code
edit crons 'map(select(.unix_user_id != 2))'
check "without the crons of a user" apply
check_is "the user has no crontab" "alice root" "$(files_in "$spool")"

# --- what cron would not take, or take for something else
{ user 1 alice; user 2 bob; user 4 ../../etc/passwd; user 5 root
  user 6 alice; } | objects unix-users
{
    cron 1 1 'echo fine'
    cron 2 1 $'echo\n* * * * * root evil'
    cron 3 1 $'echo\r'
    cron 4 1 ''
    cron 5 1 'echo' '"schedule":"* * * * * root"'
    cron 6 1 'echo' '"schedule":"61 * * * *"'
    cron 7 1 'echo' '"email_address":"a@b.nl\"\nPATH=/tmp"'
    cron 8 1 'echo' '"email_address":"-oQ/tmp@b.nl"'
    cron 9 1 'echo' '"name":"x\n* * * * * evil"'
    cron 10 1 'echo' '"timeout_seconds":-1'
    cron 11 1 'echo' '"random_delay_max_seconds":"1; evil"'
    cron 12 1 "$(printf '%0991d' 0)"
    cron 13 9 'echo'
    cron 14 4 'echo'
    cron 15 5 'echo'
    cron 16 1 'echo' '"node_id":1'
    cron 17 2 'echo' '"is_active":null'
    cron 18 2 'echo' '"command":null'
} | objects crons
check "bad objects do not stop the good ones" apply
check_is "each of the bad ones is rejected by name" \
    "crons/10 crons/11 crons/12 crons/13 crons/16 crons/18 crons/2 crons/3 \
crons/4 crons/5 crons/6 crons/9 unix-users/4 unix-users/5 \
unix-users/6" "$(rejected | sed 's/:.*//' | LC_ALL=C sort | paste -sd' ')"
check_says "a reason names the field" 'crons/6: schedule .*bad minute' \
    "$(rejected)"
check_is "the good one of that user is there, alone" \
    "*/5 * * * * sh -c 'echo fine'" "$(line alice 1)"
check_is "an address that mail would not reach does not take its job along" \
    "MAILTO=\"\" */5 * * * * sh -c 'echo' */5 * * * * sh -c 'echo'" \
    "MAILTO=\"\" $(line alice 7) $(line alice 8)"
check_is "nobody but nowhere is mailed" 'MAILTO=""' \
    "$(grep '^MAILTO' "$spool/alice")"
check_says "the run says so" 'crons/7: email_address' \
    "$(runner plan 2>&1; cat "$scratch/web1/log" 2>/dev/null)"
check_is "and root's crontab is root's" "#root's own" "$(cat "$spool/root")"

# --- a job stays in when cron itself takes what is odd about it
user 1 alice | objects unix-users
{
    cron 1 1 'echo' '"schedule":"*/5\t*\t*\t*\t*"'
    cron 2 1 'echo' '"schedule":" 0 5 * * * "'
    cron 3 1 'echo' '"schedule":"*/60 * * * *"'
    cron 4 1 'echo' '"email_address":"a@example.com, b@example.com, info@m\u00fcller.example"'
} | objects crons
check "schedules with blanks are applied" apply
check_is "none is rejected" "" "$(rejected)"
check_is "blanks are made one" \
    "*/5 * * * * sh -c 'echo' 0 5 * * * sh -c 'echo' */60 * * * * sh -c 'echo'" \
    "$(line alice 1) $(line alice 2) $(line alice 3)"
check "a list of addresses is kept" \
    grep -qx 'MAILTO="a@example.com,b@example.com"' "$spool/alice"
if command -v crontab >/dev/null; then
    check "cron takes the file" crontab -n "$spool/alice"
fi

# --- nodes
declare_crontab 'nodes = true;' -- 'subscribes = ("nodes");'
printf '%s\n' '{"id":1,"hostname":"web1"}' '{"id":2,"hostname":"web2"}' |
    objects nodes
user 1 alice | objects unix-users
{ cron 1 1 'here' '"node_id":1'; cron 2 1 'there' '"node_id":2'
  cron 3 1 'everywhere'; } | objects crons
check "crons for nodes are applied" apply
check_is "a node has its own and everybody's" "'here' 'everywhere'" \
    "$(grep -o "'[a-z]*'$" "$spool/alice" | paste -sd' ')"
declare_crontab

# --- settings
node_use web1 crontab.conf 'module = "crontab"; settings = { spool = "x"; };'
check_status "a spool that is no absolute path is refused" 1 runner describe
check_says "by name" 'spool' "$output"
declare_crontab

# Below /run, which is cron's own further down.
user 1 alice | objects unix-users
mkdir -p "$scratch/web1/root/run"
locks=/run/ccm-test-locks
declare_crontab "locks = \"$locks\";"

# --- the real cron: commands mean in a crontab what they mean in a shell
# shellcheck disable=SC2016,SC1003
commands=(
    'echo plain'
    'echo 100% of it; echo 5%'
    'printf "%s\n" a%b %% \%'
    'echo \\% \\\% "\\" \\\\% '\''\'\''%'
    'echo "it'\''s" '\''quoted'\'' `echo sub` $(echo $HOME | sed "s/.*/home/")'
    'echo a; echo b && false || echo c # comment % here'
    'printf "%b" "tab\\tnew\\n"; cat </dev/null'
    'x=1; [ $x = 1 ] && echo "x = $x" | tr x y'
    '= ; echo "not an assignment"'
    'echo trailing backslash \\'
    '(echo sub; exit 3); echo $?'
    'echo {a,b} ? ~root ! & wait'
)
# shellcheck disable=SC2016
for i in "${!commands[@]}"; do
    cron $((i + 1)) 1 "exec >\$HOME/$i.out 2>&1; ${commands[i]}" \
        '"schedule":"@reboot"'
done | objects crons
# A home that is closed to its user, and a child that stays.
# shellcheck disable=SC2016
cron 101 1 'sleep 20 >/dev/null 2>&1 & echo $! >$HOME/child.pid' \
    '"schedule":"@reboot","locking_enabled":true' | add_cron
# The longest line that cron takes is 998 bytes, "sh -c " and quotes included.
cron 99 1 "$(printf 'echo %0985d' 0)" | add_cron
# shellcheck disable=SC2016
cron 100 1 'echo tools >$HOME/tools.out' '"schedule":"@reboot",
    "random_delay_max_seconds":1,"timeout_seconds":60,"locking_enabled":true' |
    add_cron
check "jobs of all sorts are applied" apply
check_is "none is rejected" "" "$(rejected)"
check "crontab -n finds no fault in the file" crontab -n "$spool/alice"

# cron, alone in a mount namespace: with this spool, a user alice, and a /run
# in which it has not started yet, so that it runs the @reboot jobs at once.
mkdir "$scratch/home" "$scratch/shell" "$scratch/empty"
{
    cat /etc/passwd
    echo "alice:x:10001:10001::$scratch/home:/bin/sh"
} >"$scratch/passwd"
{
    cat /etc/shadow 2>/dev/null
    echo "alice:*:19000:0:99999:7:::"
} >"$scratch/shadow"
printf '%s required pam_permit.so\n' auth account session >"$scratch/pam"
chown -R 10001:10001 "$scratch/home" 2>/dev/null
cat >"$scratch/cron" <<END
mount -t tmpfs tmpfs /run && mount --bind "$spool" /var/spool/cron/crontabs &&
    mount --bind "$scratch/empty" /etc/cron.d &&
    mount --bind /dev/null /etc/crontab &&
    mount --bind "$scratch/passwd" /etc/passwd &&
    mount --bind "$scratch/shadow" /etc/shadow &&
    mount --bind "$scratch/pam" /etc/pam.d/cron || exit 1
mkdir -p $locks &&
    mount --bind "$scratch/web1/root$locks" $locks || exit 1
exec cron -f
END
if ! unshare -m mount --bind "$scratch/empty" /etc/cron.d 2>/dev/null; then
    ok "cron runs the jobs # SKIP no mount namespaces here"
    done_testing
fi
launch TERM "$scratch/cron.log" unshare -m sh "$scratch/cron"
test_details() {
    cat "$scratch/cron.log" "$scratch/said" "$spool/alice"
}
all_ran() {
    local i
    [ -s "$scratch/home/tools.out" ] || return
    for i in "${!commands[@]}"; do
        [ -f "$scratch/home/$i.out" ] || return
    done
    ! pgrep -U 10001 >/dev/null
}
wait_for "cron runs all jobs" all_ran
for i in "${!commands[@]}"; do
    (cd "$scratch/home" && HOME=$scratch/shell sh -c \
        "exec >\$HOME/$i.out 2>&1; ${commands[i]}" </dev/null)
    check_is "as a shell would: ${commands[i]}" \
        "$(cat "$scratch/shell/$i.out")" "$(cat "$scratch/home/$i.out")"
done
check "the lock is where the user can always take it" \
    test -f "$scratch/web1/root$locks/alice/100"
check_status "the lock is not kept by a child in the background" 0 \
    flock -n "$scratch/web1/root$locks/alice/101" true
done_testing
