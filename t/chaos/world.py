# SPDX-License-Identifier: ISC
"""The cluster that chaos lets loose on: etcd members, links, nodes.

Everything listens on one loopback address of its own, made from our pid, so
that runs side by side cannot meet.
"""

import base64
import ctypes
import json
import os
import signal
import subprocess
import time
import urllib.request

PREFIX = "/ccm"
TTL = 3
THINGS = 6

HOOK = """#!/bin/sh
# The stamps of a change.
cd "{dir}" || exit 1
node=${{CCM_ROOT%/root}} node=${{node##*/}}
read -r gen kind <"$node/root/etc/things/t0"
echo "begin $node $$ $gen $(date +%s.%N)" >>stamps
case $kind in
slow) sleep 1 ;;
bad) echo "fail $node $$ $gen $(date +%s.%N)" >>stamps; exit 1 ;;
esac
echo "end $node $$ $gen $(date +%s.%N)" >>stamps
"""

CONF = """node = "{name}";
root = "{dir}/root";
state_dir = "{dir}/state";
socket = "{dir}/ccmd.sock";
modules_d = "{dir}/modules.d";
module_dirs = ("{top}/modules");
runner = "{build}/ccm-runner";
store = {{ kind = "etcd"; endpoints = ({endpoints}); prefix = "{prefix}"; }};
objects = {{ kind = "etcd"; }};
settle = {{ quiet = 0.1; max = 5.0; }};
rollout = {{ ttl = {ttl}; run_timeout = 60; resync = 0; }};
"""


def text_of(gen, kind, thing):
    """What a thing's file must hold: long, and each line says what it is of."""
    body = "".join(f"{gen} t{thing} {i}\n" for i in range(200))
    return f"{gen} {kind}\n{body}{gen} end\n"


def die_with_parent():
    os.setpgid(0, 0)
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def start(log, *argv):
    with open(log, "ab") as out:
        return subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out,
                                stderr=out, preexec_fn=die_with_parent)


def signal_to(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as text:
            return [int(word) for word in text.read().split()]
    except OSError:
        return []


def family_of(pid):
    return [pid] + [one for child in children_of(pid)
                    for one in family_of(child)]


def kill_family(pid):
    """As if the machine had lost its power: nobody sees another die."""
    seen = set()
    while set(family_of(pid)) - seen:
        for one in set(family_of(pid)) - seen:
            seen.add(one)
            signal_to(one, signal.SIGSTOP)
    for one in seen:
        signal_to(one, signal.SIGKILL)


def wait_for(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


class World:
    def __init__(self, top, build, members, nodes):
        pid = os.getpid()
        self.top, self.build = top, build
        self.address = (f"127.{16 + (pid >> 16) % 200}."
                        f"{(pid >> 8) % 256}.{pid % 256}")
        self.members = [None] * members
        self.names = [f"web{i + 1}" for i in range(nodes)]
        self.nodes = dict.fromkeys(self.names)
        self.recorded = 0
        self.said = 0
        self.died = []

    # ------------------------------------------------------------------ etcd

    def client_url(self, member):
        return f"http://{self.address}:{2400 + member}"

    def peer_url(self, member):
        return f"http://{self.address}:{2500 + member}"

    def member_start(self, member):
        cluster = ",".join(f"m{i}={self.peer_url(i)}"
                           for i in range(len(self.members)))
        self.members[member] = start(
            f"{self.top}/etcd{member}.log", "etcd", "--name", f"m{member}",
            "--data-dir", f"{self.top}/etcd{member}", "--logger", "zap",
            "--log-outputs", "stderr", "--unsafe-no-fsync",
            "--listen-client-urls", self.client_url(member),
            "--advertise-client-urls", self.client_url(member),
            "--listen-peer-urls", self.peer_url(member),
            "--initial-advertise-peer-urls", self.peer_url(member),
            "--initial-cluster", cluster, "--heartbeat-interval", "100",
            "--election-timeout", "1000")

    def member_kill(self, member):
        if self.members[member]:
            signal_to(self.members[member].pid, signal.SIGKILL)
            self.members[member].wait()
            self.members[member] = None

    def ask(self, path, body, member=None):
        """From the first member that answers; None if none does."""
        order = range(len(self.members)) if member is None else [member]
        for one in order:
            request = urllib.request.Request(
                self.client_url(one) + path, json.dumps(body).encode(),
                {"Content-Type": "application/json"})
            try:
                with urllib.request.urlopen(request, timeout=1.5) as answer:
                    return json.load(answer)
            except (OSError, ValueError):
                continue
        return None

    def etcd_is_well(self):
        return all(self.ask("/v3/kv/range", {"key": b64("/")}, i)
                   for i in range(len(self.members)))

    def get(self, key, below=False):
        key = f"{PREFIX}/{key}"
        end = key[:-1] + chr(ord(key[-1]) + 1) if below else None
        body = {"key": b64(key)}
        if end:
            body["range_end"] = b64(end)
        answer = self.ask("/v3/kv/range", body)
        if answer is None:
            return None
        return {unb64(kv["key"])[len(PREFIX) + 1:]: kv
                for kv in answer.get("kvs", [])}

    def publish(self, gen, kind):
        """All things of one generation and their event, in one transaction:
        whoever reads sees one generation."""
        ops = []
        for i in range(THINGS):
            thing = {"id": i + 1, "name": f"t{i}",
                     "content": text_of(gen, kind, i).rstrip("\n")}
            if kind == "broken" and i == THINGS - 1:
                thing["broken"] = True
            ops.append((f"objects/things/{i + 1}", json.dumps(thing)))
        ops.append(("events/things", str(gen)))
        return self.ask("/v3/kv/txn", {"success": [
            {"request_put": {"key": b64(f"{PREFIX}/{key}"), "value": b64(value)}}
            for key, value in ops]})

    def record(self):
        """Appends what has happened since the last time to history.json."""
        answer = self.ask("/v3/kv/range", {"key": b64("/")})
        if answer is None:
            return False
        newest = int(answer["header"]["revision"])
        if newest <= self.recorded:
            return True
        mark = self.ask("/v3/kv/put", {"key": b64(f"{PREFIX}/mark"),
                                       "value": ""})
        if mark is None:
            return False
        last = int(mark["header"]["revision"])
        return self.record_until(last)

    def record_until(self, last):
        endpoints = ",".join(self.client_url(i)
                             for i in range(len(self.members)))
        part = f"{self.top}/history.part"
        watch = subprocess.Popen(
            ["etcdctl", "watch", "--prefix", PREFIX, "-w", "json",
             "--rev", str(self.recorded + 1)],
            stdin=subprocess.DEVNULL, stdout=open(part, "wb"),
            stderr=subprocess.DEVNULL, preexec_fn=die_with_parent,
            env={**os.environ, "ETCDCTL_API": "3",
                 "ETCDCTL_ENDPOINTS": endpoints})

        def is_there():
            with open(part, encoding="utf-8") as text:
                return f'"mod_revision":{last},' in text.read()

        got = wait_for(is_there, 20)
        watch.kill()
        watch.wait()
        if not got:
            return False
        with open(part, encoding="utf-8") as text, \
                open(f"{self.top}/history.json", "a", encoding="utf-8") as out:
            out.writelines(line for line in text
                           if line.startswith("{") and line.endswith("\n"))
        self.recorded = last
        return True

    def compact(self):
        return self.ask("/v3/kv/compaction", {"revision": self.recorded})

    # ----------------------------------------------------------------- links

    def links_start(self):
        self.fifo = f"{self.top}/links.fifo"
        os.mkfifo(self.fifo)
        pairs = []
        for n in range(len(self.names)):
            for m in range(len(self.members)):
                pairs.append(f"{self.address}:{self.link_port(n, m)}="
                             f"{self.address}:{2400 + m}")
        self.proxy = start(f"{self.top}/links.log",
                           f"{self.build}/t/chaos/proxy", self.fifo, *pairs)
        if not wait_for(lambda: self.link_said("0 ok"), 20):
            raise RuntimeError("the proxy does not start")

    def link_port(self, node, member):
        return 3000 + node * 10 + member

    def link_said(self, line):
        try:
            with open(f"{self.top}/links.log", encoding="utf-8") as text:
                return line + "\n" in text.read()
        except OSError:
            return False

    def fault(self, link, command):
        """link: None for all of them, or (node's number, member)."""
        which = "*" if link is None else str(link[0] * len(self.members) +
                                             link[1])
        self.said += 1
        with open(self.fifo, "w", encoding="utf-8") as fifo:
            fifo.write(f"{self.said} {which} {command}\n")
        wait_for(lambda: self.link_said(f"{self.said} ok"), 20)

    # ----------------------------------------------------------------- nodes

    def node_make(self, number):
        name = self.names[number]
        folder = f"{self.top}/{name}"
        for part in ("root/etc", "state", "modules.d"):
            os.makedirs(f"{folder}/{part}")
        members = len(self.members)
        # Each begins with another member.
        order = [(number + i) % members for i in range(members)]
        endpoints = ", ".join(
            f'"http://{self.address}:{self.link_port(number, m)}"'
            for m in order)
        write(f"{folder}/ccm.conf", CONF.format(
            name=name, dir=folder, top=self.top, build=self.build,
            endpoints=endpoints, prefix=PREFIX, ttl=TTL))
        write(f"{folder}/modules.d/things.conf",
              'module = "things";\n'
              f'settings = {{ hook = "{self.top}/hook"; }};\n')

    def make(self):
        os.mkdir(f"{self.top}/modules")
        with open(f"{self.build}/t/e2e/things.so", "rb") as module:
            write(f"{self.top}/modules/things.so", module.read())
        write(f"{self.top}/hook", HOOK.format(dir=self.top), 0o755)
        write(f"{self.top}/stamps", "", 0o666)
        for member in range(len(self.members)):
            self.member_start(member)
        self.links_start()
        if not wait_for(self.etcd_is_well, 60):
            raise RuntimeError("etcd does not start")
        for number in range(len(self.names)):
            self.node_make(number)

    def node_start(self, name):
        """Unless it lives; what it may not have died of is noted."""
        if self.nodes[name]:
            status = self.nodes[name].poll()
            if status is None:
                return
            if status not in (0, -signal.SIGKILL):
                self.died.append([name, status])
        self.nodes[name] = start(f"{self.top}/{name}/log",
                                 f"{self.build}/ccmd", "-v", "-c",
                                 f"{self.top}/{name}/ccm.conf")

    def node_pid(self, name):
        node = self.nodes[name]
        return node.pid if node and node.poll() is None else None

    def node_kill(self, name, whole):
        pid = self.node_pid(name)
        if pid is None:
            return
        if whole:
            kill_family(pid)
        else:
            signal_to(pid, signal.SIGKILL)
        self.nodes[name].wait()

    def node_signal(self, name, number):
        pid = self.node_pid(name)
        if pid is not None:
            signal_to(pid, number)

    def runner_kill(self, name):
        pid = self.node_pid(name)
        for child in children_of(pid) if pid else []:
            signal_to(child, signal.SIGKILL)

    def ctl(self, name, *words):
        try:
            done = subprocess.run(
                [f"{self.build}/ccmctl", *words, "--socket",
                 f"{self.top}/{name}/ccmd.sock"], stdin=subprocess.DEVNULL,
                capture_output=True, timeout=5, check=False)
        except subprocess.TimeoutExpired:
            return None
        return done.stdout.decode(errors="replace")

    def status(self, name):
        try:
            return json.loads(self.ctl(name, "status", "--json") or "")
        except ValueError:
            return {}

    def files_of(self, name):
        folder = f"{self.top}/{name}/root/etc/things"
        files = {}
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            return files
        for one in names:
            try:
                with open(f"{folder}/{one}", encoding="utf-8") as text:
                    files[one] = text.read()
            except OSError:
                continue
        return files

    def end(self):
        for name in self.names:
            pid = self.node_pid(name)
            if pid:
                kill_family(pid)
                self.nodes[name].wait()
        for member in range(len(self.members)):
            self.member_kill(member)
        if getattr(self, "proxy", None):
            self.proxy.kill()
            self.proxy.wait()


def write(path, data, mode=0o644):
    if isinstance(data, str):
        data = data.encode()
    with open(path, "wb") as out:
        out.write(data)
    os.chmod(path, mode)


def b64(text):
    return base64.b64encode(text.encode()).decode()


def unb64(text):
    return base64.b64decode(text).decode(errors="replace")
