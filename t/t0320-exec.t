#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Modules in any language: the program that the declaration names, what it may
# do, what it may print, and how its faults are reported.
# shellcheck source=t/e2e/tap.sh
. "$(dirname "$0")/e2e/tap.sh" || exit 1

mkdir "$scratch"/{objects,modules.d,root,state,plan} || exit 1
mkdir -p "$scratch/root/etc/nginx"
cat >"$scratch/ccm.conf" <<END
node = "web1";
groups = ("nginx");
store = { kind = "local"; path = "$scratch/store"; };
module_dirs = ("$builddir/modules");
modules_d = "$scratch/modules.d";
state_dir = "$scratch/state";
root = "$scratch/root";
rollout = { plan_timeout = 100; };
END
cat >"$scratch/objects/url-redirects.json" <<'END'
[{"id": 1, "domain": "example.org", "server_aliases": ["www.example.org"],
  "destination_url": "https://example.com/", "status_code": 301},
 {"id": 2, "domain": "../x", "destination_url": "https://example.com/",
  "status_code": 301},
 {"id": 3, "domain": "example.net", "status_code": 301,
  "destination_url": "https://example.com/; } evil { "}]
END

runner() {
    "$builddir/ccm-runner" -c "$scratch/ccm.conf" "$@"
}

plan() {
    runner plan --objects "$scratch/objects" "$@"
}

# program [LINE...]: the program of the only configuration, from standard
# input; further lines of its declaration.
program() {
    rm -f "$scratch/plan/program"
    cat >"$scratch/plan/program"
    chmod 755 "$scratch/plan/program"
    declare_program "$scratch/plan/program" "$@"
}

declare_program() {
    printf '%s\n' 'module = "exec";' 'name = "it";' \
        'subscribes = ("url-redirects");' "program = \"$1\";" "${@:2}" \
        >"$scratch/modules.d/it.conf"
}

# says SENTENCE PATTERN: planning fails with that.
says() {
    check_status "$1 fails" 1 plan
    check_says "and says so" "$2" "$output"
}

# --- the example of the manual
install -m 755 "$srcdir/modules.d/exec/url-redirects.py" "$scratch/plan/"
sed "s|/etc/ccm/plan|$scratch/plan|" \
    "$srcdir/modules.d/exec/url-redirects.conf" \
    >"$scratch/modules.d/url-redirects.conf"
check_status "a module in Python plans" 0 plan
check_says "it renders its template" \
    '^\+ +server_name example.org www.example.org;' "$output"
check_says "for what it knows of the object" \
    'return 301 https://example.com\$request_uri;' "$output"
check_says "in the directory of its settings" \
    '^\+\+\+ b/etc/nginx/redirects.d/example.org.conf' "$output"
check_says "with its service" '^# service nginx: reload' "$output"
check_says "a hostile name is rejected" \
    'rejected: url-redirects/2 .*domain.*\.\./x' "$output"
check_says "and so is a hostile text" \
    'rejected: url-redirects/3 .*destination_url' "$output"
check_is "the catalog knows the program" \
    "$(readlink -f "$scratch/plan/url-redirects.py")" \
    "$(runner describe | jq -r '.configurations[0].program')"
# A kernel without filters, or valgrind: less is refused.
filtered=$(runner describe | jq .confinement.seccomp)
digest=$(runner describe | jq -r .digest)
echo "# changed" >>"$scratch/plan/url-redirects.py"
check "a changed program is another catalog" \
    test "$(runner describe | jq -r .digest)" != "$digest"
rm "$scratch/modules.d/url-redirects.conf"

# --- what it is given
program 'settings = { colour = "red"; list = (1, 2); };' <<'END'
#!/bin/sh
read -r line
printf '{"log": ["%s"]}' "$(printf %s "$line")"
END
# Command substitution is a process: sh cannot have one.
[ "$filtered" = false ] ||
    says "a shell that starts something" 'exited with status|ork'
program 'settings = { colour = "red"; list = (1, 2); };' <<END
#!/usr/bin/env python3
import json, sys
given = json.load(sys.stdin)
print(json.dumps({"version": 1, "changes": [{"kind": "file",
    "path": "/given", "content": json.dumps(given, sort_keys=True)}]}))
END
given=$(plan --json | jq -r '.changes[0].diff // .' | sed -n 's/^+{/{/p')
check_is "it is given its name, node, groups, settings" \
    '["it","web1",["nginx"],{"colour":"red","list":[1,2]},1]' \
    "$(jq -c '[.configuration, .node, .groups, .settings, .version]' \
        <<<"$given")"
check_is "and the objects of its subscription, by id" \
    '{"url-redirects":[1,2,3]}' \
    "$(jq -c '.objects | map_values(map(.id))' <<<"$given")"

# --- all that can be declared
program <<'END'
#!/usr/bin/python3
import json
print(json.dumps({"log": ["hello"], "changes": [
    {"kind": "group", "name": "ccm-t-group"},
    {"kind": "user", "name": "ccm-t-user", "id": 64123, "group": "ccm-t-group",
     "groups": [], "home": "/home/x", "shell": "/bin/sh", "comment": "c",
     "password": "*", "object": {"type": "url-redirects", "id": 2}},
    {"kind": "directory", "path": "/d", "mode": "0750"},
    {"kind": "file", "path": ["/d", "f"], "mode": "0600", "owner": "0",
     "group": "0", "service": "nginx", "content": "text\n"},
    {"kind": "file", "path": "/d/binary", "content_base64": "AAECA/8="},
    {"kind": "file", "path": "/d/secret", "content": "hush", "sensitive": True},
    {"kind": "symlink", "path": "/d/link", "target": "f"},
    {"kind": "absent", "path": "/gone"},
    {"kind": "exclusive", "path": "/d", "pattern": "*.conf"},
    {"kind": "command", "argv": ["/bin/true", "x"], "always": True,
     "timeout_s": 5, "user": "root", "directory": "/"},
    {"kind": "service", "name": "nginx", "action": "restart", "any": True}]}))
END
touch "$scratch/root/gone"
document=$(plan --json)
check_is "all kinds can be declared" \
    "absent command directory file group symlink user" \
    "$(jq -r '.changes[].kind' <<<"$document" | sort -u | tr '\n' ' ' |
        sed 's/ $//')"
check_is "services, too" nginx \
    "$(jq -r '.services[].name' <<<"$document")"
check_says "a secret is not shown" 0 "$(grep -c hush <<<"$document")"
check_says "what it logs is logged" 'it: hello' "$(plan 2>&1)"
mkdir "$scratch/objects2"
echo '[]' >"$scratch/objects2/url-redirects.json"

# --- faults are reported with their place
program <<'END'
#!/usr/bin/python3
print('{"changes": [\n  {"kind": "file", "path": }\n]}')
END
says "output that is not JSON" "line 2, column [0-9]+: .*unexpected token"
program <<'END'
#!/usr/bin/python3
print('''{"changes": [
  {"kind": "directory", "path": "/d"},
  {"kind": "file", "content": "ü", "path": "/d/f", "mode": "rw"}]}''')
END
says "a wrong mode" \
    'line 3, column 60 \(/changes/1/mode\): must be a string of octal'
# wrong JSON-OF-A-CHANGE PATTERN
wrong() {
    program <<END
#!/usr/bin/python3
print('''{"changes": [{"kind": "group", "name": "g"}, $1]}''')
END
    says "$1" "$2"
}
wrong '{"kind": "fiel", "path": "/f"}' '/changes/1/kind\): "kind" must be one'
wrong '{"path": "/f"}' 'column [0-9]+ \(/changes/1\): "kind" must be one of'
wrong '{"kind": "file", "path": "/f", "secret": true}' \
    '/changes/1/secret\): a file has no field "secret"'
wrong '{"kind": "file", "path": "f"}' '/changes/1\): .*"f", which'
wrong '{"kind": "file", "path": "/a/../f"}' '/changes/1\): .*"/a/../f", which'
wrong '{"kind": "file", "path": ["/a", "../f"]}' '/changes/1/path\): .*\.\./f'
wrong '{"kind": "file", "path": ["/a", 7]}' 'path\): element 1 must be a str'
wrong '{"kind": "file", "path": "/f", "content_base64": "AA"}' 'not valid base64'
wrong '{"kind": "file", "path": "/f", "mode": "0000"}' 'mode\): .* and not 0'
wrong '{"kind": "file"}' '/changes/1\): declares a file without a path'
wrong '{"kind": "user", "name": 5}' '/changes/1/name\): must be a string'
wrong '{"kind": "user", "name": "u", "id": -1}' '/changes/1/id\): must be an in'
wrong '{"kind": "command", "argv": []}' '/changes/1\): declares a command with 0'
wrong '{"kind": "service", "name": "s", "action": "stop"}' '/changes/1/action'
wrong '{"kind": "absent", "path": "/a", "object": {"type": "url-redirects", "id": 99}}' \
    '/changes/1/object\): there is no object url-redirects/99'
wrong '{"kind": "absent", "path": "/a", "object": {"type": "secrets", "id": 1}}' \
    '/changes/1/object\): .*secrets'
wrong '17' '/changes/1\): must be an object'
program <<'END'
#!/usr/bin/python3
print('{"changes": [], "chnages": []}')
END
says "a misspelt list" 'column [0-9]+ \(/chnages\): unknown field'
program <<'END'
#!/usr/bin/python3
print('{"changes": [], "rejected": [{"object": {"type": "url-redirects", "id": 1}}]}')
END
says "a rejection without reason" '/rejected/0\): must have "object" and "error"'
program <<'END'
#!/usr/bin/python3
print('{"changes": [{"kind": "file", "path": "/f", "content": "a\\u0000b"}]}')
END
says "a NUL byte in a text" 'line 1, column [0-9]+: .*use content_base64'
program <<'END'
#!/usr/bin/python3
print('{"error": "no template for this node"}')
END
says "a program that gives a reason" 'configuration it: no template for this'
program <<'END'
#!/usr/bin/python3
print('{"error": ""}')
END
says "an empty reason" 'configuration it: .*empty reason'
program <<'END'
#!/usr/bin/python3
print('{"error": "\\u001b[2Jgone"}')
END
says "a reason that would clear the screen" ': \\x1b\[2Jgone$'
program <<'END'
#!/usr/bin/python3
END
says "a program that prints nothing" 'line 1, column 0: .*\(0 bytes in all\)'

# --- how it may end
program <<'END'
#!/usr/bin/python3
print('{"changes": []}')
raise KeyError("colour")
END
says "an exception" 'exited with status 1; it said: Traceback'
check_says "with the line" "line 3.*|KeyError: 'colour'" "$output"
program <<'END'
#!/usr/bin/python3
import os, signal
os.kill(os.getpid(), signal.SIGSEGV)
END
[ "$filtered" = false ] ||
    says "a program that may not even signal itself" 'exited with status 1'
program <<'END'
#!/usr/bin/python3
import ctypes
ctypes.string_at(0)
END
says "a crash" 'was killed by signal SEGV'
program <<'END'
#!/usr/bin/python3
print(" " * (65 * 1024 * 1024))
END
says "too much output" 'prints more than 67108864 bytes'
program <<'END'
#!/usr/bin/python3
x = bytearray(4 << 30)
END
# A build with sanitizers cannot limit it, and says so.
if runner describe | grep -q '"memory is not limited'; then
    echo "ok $((tap_count += 1)) - memory # SKIP it is not limited here"
else
    says "too much memory" 'MemoryError'
fi
sed -i 's/plan_timeout = 100/plan_timeout = 2/' "$scratch/ccm.conf"
program <<'END'
#!/usr/bin/python3
import time
time.sleep(1000000)
END
says "a program that does not end" 'timed out'

# It has written its number where nobody else looks: in its name.
sleeps() {
    [ -n "$(pgrep -x "ccmt$$")" ]
}
no_sleeper() {
    ! sleeps
}
program <<END
#!/usr/bin/python3
import ctypes, time
ctypes.CDLL(None).prctl(15, b"ccmt$$", 0, 0, 0)
time.sleep(1000000)
END
check_status "one that sleeps is ended" 1 plan
wait_for "and is gone" no_sleeper
sed -i 's/plan_timeout = 2/plan_timeout = 100/' "$scratch/ccm.conf"
launch KILL "$scratch/log" "$builddir/ccm-runner" -c "$scratch/ccm.conf" \
    plan --objects "$scratch/objects"
wait_for "while the runner lives it runs" sleeps
kill -KILL "$launched"
end_of "$launched"
wait_for "when the runner is killed it goes, too" no_sleeper

# --- what it may do
program <<END
#!/usr/bin/env -S python3 -I
import ctypes, json, os, socket, subprocess, threading
said = []
def attempt(name, act):
    try:
        said.append(name + ": " + str(act()))
    except OSError as why:
        said.append(name + ": refused")
def execveat(program, path, *arguments):
    os.dup2(os.open(program, os.O_RDONLY), 3)
    argv = (ctypes.c_char_p * 3)(b"x", *arguments, None)
    if ctypes.CDLL(None).syscall(322, 3, path, argv, argv, 0x1000) < 0:
        raise OSError
attempt("write", lambda: open("$scratch/escaped", "w"))
attempt("tmp", lambda: open("/dev/shm/ccm-escaped-$$", "w"))
attempt("unlink", lambda: os.unlink("$scratch/ccm.conf"))
attempt("fork", os.fork)
attempt("exec", lambda: os.execv("/bin/true", ["true"]))
attempt("spawn", lambda: subprocess.run(["/bin/true"]))
attempt("inet", lambda: socket.socket())
attempt("unix", lambda: socket.socket(socket.AF_UNIX))
attempt("kill", lambda: os.kill(os.getppid(), 15))
attempt("read", lambda: len(open("/etc/passwd").read()) > 0)
if os.uname().machine == "x86_64":
    attempt("other", lambda: execveat("/bin/true", b""))
    attempt("by path", lambda: execveat("/bin/true", b"/bin/true"))
    attempt("loader", lambda: execveat("/lib64/ld-linux-x86-64.so.2", b"",
                                       b"/bin/true"))
thread = threading.Thread(target=lambda: said.append("a thread"))
thread.start()
thread.join()
said.append("uid %d" % os.getuid())
said.append(" ".join(sorted(os.environ)))
print(json.dumps({"log": said}))
END
if [ "$filtered" = true ]; then
    check_status "a program that tries what it must not" 0 plan
    for what in write tmp unlink fork exec spawn inet unix kill; do
        check_says "$what is refused" "it: $what: refused" "$output"
    done
    landlock=$(runner describe | jq .confinement.landlock)
    if [ "$(uname -m)" = x86_64 ] && [ "$landlock" -gt 0 ]; then
        check_says "so is another program" 'it: other: refused' "$output"
        check_says "by whatever way" 'it: by path: refused' "$output"
        check_says "and by the loader that has started it" \
            'it: loader: refused' "$output"
    fi
    check_says "it reads what anybody may" 'it: read: True' "$output"
    check_says "it may have threads" 'it: a thread' "$output"
    [ "$(id -u)" -ne 0 ] || check_says "it is a planner's user" \
        'it: uid 21000[0-9]{5}' "$output"
    check_says "its environment is the same everywhere" \
        'it: HOME LANG PATH PYTHONDONTWRITEBYTECODE PYTHONHASHSEED' "$output"
    check "nothing was left" test ! -e "$scratch/escaped" -a \
        ! -e /dev/shm/ccm-escaped-$$ -a -e "$scratch/ccm.conf"
fi

# --- which programs
program <<'END'
#!/bin/sh
printf '{"changes": [{"kind": "file", "path": "/sh", "content": "sh\\n"}]}'
END
check_status "a shell script plans" 0 plan
check_says "what it prints" '^\+sh' "$output"
install -m 755 /bin/cat "$scratch/plan/program"
says "a binary runs: cat, whose output is its input, which" \
    '\(/configuration\): unknown field|\(/groups\): unknown field'
# refused SENTENCE PATTERN: not even the catalog takes it.
refused() {
    check_status "$1 is refused" 1 runner describe
    check_says "with the reason" "$2" "$output"
}
if [ "$(id -u)" -eq 0 ]; then
    chmod 711 "$scratch/plan/program"
    check_status "a binary that only root can read runs" 1 plan
    chmod 700 "$scratch/plan/program"
    refused "one that only root can execute" \
        'it.conf: .*mode 0700, but planners.*must execute.*chmod a\+x'
fi
# Another machine: the two bytes of it in the header.
printf '\xb7\x00' | dd of="$scratch/plan/program" bs=1 seek=18 conv=notrunc \
    2>"$scratch/dd.log"
chmod 755 "$scratch/plan/program"
[ "$(uname -m)" = aarch64 ] || refused "one for another machine" \
    'plan/program was built for another machine \(ARM64\).*this one'
install -m 755 /bin/cat "$scratch/plan/program"
chmod 775 "$scratch/plan/program"
refused "one that others could have written" 'it.conf: .*plan/program is writable by'
chmod 644 "$scratch/plan/program"
refused "one that is not executable" 'it.conf: .*is not executable.*chmod'
chmod 755 "$scratch/plan/program"
chmod 777 "$scratch/plan"
refused "one in a directory that is everybody's" '/plan is writable by other users'
chmod 755 "$scratch/plan"
declare_program "$scratch/plan/nothing"
refused "one that is not there" 'plan/nothing: No such file'
declare_program "program"
refused "a relative path" 'it.conf:4: "program" must be a string: an absolute'
program <<'END'
print("{}")
END
refused "what is no program" 'neither a binary nor a script'
program <<'END'
#!/usr/bin/env no-such-language
END
refused "an interpreter that is not there" '"no-such-language" is in none of'
if [ "$(id -u)" -eq 0 ]; then
    program <<'END'
#!/bin/sh
END
    chmod 700 "$scratch/plan/program"
    refused "a script that only root can read" \
        'mode 0700, but planners.*must read it: chmod a\+r'
fi
program <<END
#!$scratch/plan/url-redirects.py
END
refused "a script for a script" 'its interpreter is a script itself'
printf '%s\n' 'module = "exec";' >"$scratch/modules.d/it.conf"
refused "exec without a program" 'it.conf: .*does not name a program'

# --- the schemas say what the module takes
fields=$(jq -r '.["$defs"] | to_entries[] | select(.value.properties.kind) |
    .key + ": " + (.value.properties | keys | sort | join(" "))' \
    "$srcdir/modules/exec-output.schema.json" | sort)
code=$(awk '
/^static void change_[a-z]+\(struct exec \*exec\)/ {
    kind = substr($3, 8, index($3, "(") - 8)
}
/^}/ { kind = "" }
kind != "" && match($0, /exec_(text|flag|number|list)\(exec, "[a-z0-9_]+"/) {
    split(substr($0, RSTART, RLENGTH), part, "\"")
    print kind ": " part[2]
}
kind != "" && match($0, /exec_(path|mode|object)\(exec\)/)  {
    print kind ": " substr($0, RSTART + 5, RLENGTH - 11)
}' "$srcdir/modules/exec_change.c" |
    while IFS= read -r line; do
        printf '%s\n%s: kind\n' "$line" "${line%%:*}"
    done | sort -u |
    awk '{ all[$1] = all[$1] " " $2 } END { for (k in all) print k all[k] }' |
    sort)
check_is "the schema of the output has the fields of the code" \
    "$code" "$fields"
check_is "the schema of the input has what is given" \
    "$(jq -r 'keys | join(" ")' <<<"$given")" \
    "$(jq -r '.properties | keys | join(" ")' \
        "$srcdir/modules/exec-input.schema.json")"
done_testing
