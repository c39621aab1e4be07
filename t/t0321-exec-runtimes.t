#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Programs of common languages plan, in the confinement, as soon as their
# runtimes are installed.
# shellcheck source=t/e2e/tap.sh
. "$(dirname "$0")/e2e/tap.sh" || exit 1

mkdir -p "$scratch"/{objects,modules.d,root/etc,state,plan} || exit 1
cat >"$scratch/ccm.conf" <<END
node = "web1";
store = { kind = "local"; path = "$scratch/store"; };
module_dirs = ("$builddir/modules");
modules_d = "$scratch/modules.d";
state_dir = "$scratch/state";
root = "$scratch/root";
rollout = { plan_timeout = 200; };
END
echo '[{"id": 1, "name": "one"}, {"id": 2, "name": "two"}]' \
    >"$scratch/objects/things.json"
cat >"$scratch/modules.d/it.conf" <<END
module = "exec";
name = "it";
program = "$scratch/plan/program";
subscribes = ("things");
END

# plans LANGUAGE COMMAND: the program on standard input declares /etc/names,
# whose contents are "one two".
plans() {
    if ! command -v "$2" >"$scratch/command"; then
        cat >/dev/null
        echo "ok $((tap_count += 1)) - $1 plans # SKIP it is not installed"
        return
    fi
    rm -f "$scratch/plan/program"
    cat >"$scratch/plan/program"
    chmod 755 "$scratch/plan/program"
    check_status "$1 plans" 0 "$builddir/ccm-runner" -c "$scratch/ccm.conf" \
        plan --objects "$scratch/objects"
    check_says "what it declares comes out" '^\+one two$' "$output"
}

plans node node <<'END'
#!/usr/bin/env node
const given = JSON.parse(require("fs").readFileSync(0));
const names = given.objects.things.map((thing) => thing.name).join(" ");
console.log(JSON.stringify({changes: [
    {kind: "file", path: "/etc/names", content: names + "\n"}]}));
END
plans php php <<'END'
#!/usr/bin/env php
<?php
$given = json_decode(stream_get_contents(STDIN));
$names = implode(" ", array_map(fn($t) => $t->name, $given->objects->things));
echo json_encode(["changes" => [
    ["kind" => "file", "path" => "/etc/names", "content" => $names . "\n"]]]);
END
plans ruby ruby <<'END'
#!/usr/bin/env ruby
require "json"
given = JSON.parse(STDIN.read)
names = given["objects"]["things"].map { |thing| thing["name"] }.join(" ")
puts JSON.generate({changes: [
    {kind: "file", path: "/etc/names", content: names + "\n"}]})
END
plans perl perl <<'END'
#!/usr/bin/perl -w
use strict;
use JSON::PP;
my $given = decode_json(join "", <STDIN>);
my $names = join " ", map { $_->{name} } @{$given->{objects}{things}};
print encode_json({changes => [
    {kind => "file", path => "/etc/names", content => "$names\n"}]});
END
plans python python3 <<'END'
#!/usr/bin/env python3
import json, sys
from concurrent.futures import ThreadPoolExecutor
given = json.load(sys.stdin)
with ThreadPoolExecutor() as pool:
    names = pool.map(lambda thing: thing["name"], given["objects"]["things"])
print(json.dumps({"changes": [{"kind": "file", "path": "/etc/names",
                               "content": " ".join(names) + "\n"}]}))
END
plans bash bash <<'END'
#!/bin/bash
read -r given
names=
while [[ $given =~ \"name\":\ ?\"([a-z]+)\" ]]; do
    names+="${names:+ }${BASH_REMATCH[1]}"
    given=${given#*"${BASH_REMATCH[0]}"}
done
printf '{"changes": [{"kind": "file", "path": "/etc/names", "content": "%s\\n"}]}' \
    "$names"
END

# Java compiles what it is given if it has a compiler.
command -v javac >"$scratch/command" && java=java || java=no-javac
plans java "$java" <<'END'
#!/usr/bin/java --source 17
import java.util.regex.*;

public class Names {
    public static void main(String[] arguments) throws Exception {
        String given = new String(System.in.readAllBytes(), "UTF-8");
        Matcher name = Pattern.compile("\"name\": ?\"(\\w+)\"").matcher(given);
        StringBuilder names = new StringBuilder();
        while (name.find())
            names.append(names.length() > 0 ? " " : "").append(name.group(1));
        System.out.println("{\"changes\": [{\"kind\": \"file\", " +
            "\"path\": \"/etc/names\", \"content\": \"" + names + "\\n\"}]}");
    }
}
END

# A static binary, whose runtime brings its own threads and signals.
if command -v go >"$scratch/command"; then
    mkdir "$scratch/go"
    cat >"$scratch/go/names.go" <<'END'
package main

import (
	"encoding/json"
	"os"
	"strings"
)

func main() {
	var given struct {
		Objects map[string][]struct{ Name string }
	}
	json.NewDecoder(os.Stdin).Decode(&given)
	names := []string{}
	for _, thing := range given.Objects["things"] {
		names = append(names, thing.Name)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{"changes": []any{
		map[string]string{"kind": "file", "path": "/etc/names",
			"content": strings.Join(names, " ") + "\n"}}})
}
END
    env HOME="$scratch/go" CGO_ENABLED=0 go build -o "$scratch/go/names" \
        "$scratch/go/names.go" || exit 1
    plans go go <"$scratch/go/names"
else
    plans go go </dev/null
fi
done_testing
