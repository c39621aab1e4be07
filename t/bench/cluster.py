# SPDX-License-Identifier: ISC
"""Clusters for the bench: a private etcd, and ccmd processes on one machine.

Times come from the stamps that ccmd -v logs and from this process' own clock,
which is the same one (CLOCK_BOOTTIME).
"""
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from base64 import b64decode, b64encode

from lib import BUILD, RUNNER, Row, Scratch

CCMD = BUILD + "/ccmd"
PAIR = BUILD + "/t/bench/pair"
SIZES = [int(n) for n in os.environ.get("NODES", "3 10 30 100 300").split()]
IDLE_S = float(os.environ.get("IDLE", "60"))
# 300 nodes want some seconds of processor time each to start.
PATIENCE_S = 1200
STAMP = re.compile(r"at (\d+) us: (.*)")


def now_us():
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


def until(what, condition, patience=PATIENCE_S):
    """Waits until condition() is true."""
    limit = time.monotonic() + patience
    while not condition():
        if time.monotonic() > limit:
            sys.exit(f"bench: waited {patience} s: {what}")
        time.sleep(0.02)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def waits(pid):
    """Is that a spare runner that has made itself ready (it is in poll)?"""
    try:
        with open(f"/proc/{pid}/comm", encoding="ascii") as comm, \
                open(f"/proc/{pid}/wchan", encoding="ascii") as wchan:
            return comm.read() == "ccm-spare\n" and "poll" in wchan.read()
    except (FileNotFoundError, ProcessLookupError):
        return False


class Etcd:
    """In memory where there is some, so that the floor is a low one."""

    def __init__(self):
        base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.path = tempfile.mkdtemp(prefix="ccm-bench-", dir=base)
        self.url = f"http://127.0.0.1:{free_port()}"
        peer = f"http://127.0.0.1:{free_port()}"
        self.log = open(f"{self.path}/log", "w", encoding="utf-8")
        self.process = subprocess.Popen(
            ["etcd", "--data-dir", f"{self.path}/data",
             "--listen-client-urls", self.url,
             "--advertise-client-urls", self.url,
             "--listen-peer-urls", peer,
             "--initial-advertise-peer-urls", peer,
             "--initial-cluster", f"default={peer}"],
            stdout=self.log, stderr=self.log)
        until("etcd answers", self.answers, 60)

    def answers(self):
        try:
            self.put("bench", "")
            return True
        except OSError:
            return False

    def post(self, path, body):
        request = urllib.request.Request(self.url + path,
                                         json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def put(self, key, value):
        self.post("/v3/kv/put", {"key": b64encode(key.encode()).decode(),
                                 "value": b64encode(value.encode()).decode()})

    def requests(self):
        """Calls that etcd has answered so far: all, and by method."""
        with urllib.request.urlopen(self.url + "/metrics") as answer:
            text = answer.read().decode()
        found = re.findall(r'^grpc_server_handled_total\{.*grpc_method='
                           r'"(\w+)".*\} ([\d.e+]+)$', text, re.M)
        by_method = {}
        for method, count in found:
            by_method[method] = by_method.get(method, 0) + float(count)
        return by_method

    def record(self):
        """What nodes/n000 says."""
        key = b64encode(b"/ccm/nodes/n000").decode()
        found = self.post("/v3/kv/range", {"key": key})
        return b64decode(found["kvs"][0]["value"])

    def pair(self, rounds, pause_ms=0):
        """The floor: the ms of each round of the same two transactions, with
        a real record, that pause before each."""
        out = subprocess.run([PAIR, self.url, str(rounds), str(pause_ms)],
                             check=True, input=self.record(),
                             stdout=subprocess.PIPE)
        return [int(us) / 1000 for us in out.stdout.split()]

    def done(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.path)


class Node(Scratch):
    """A ccmd whose one configuration declares one small file."""

    def __init__(self, name, etcd, quiet):
        super().__init__()
        self.name = name
        os.mkdir(f"{self.path}/root/srv")
        self.write("modules.d/files.conf",
                   'module = "files";\n'
                   'settings = { directory = "/srv"; count = 1; };\n')
        file = self.conf(
            node=f'"{name}"', objects='{ kind = "etcd"; }',
            store=f'{{ kind = "etcd"; endpoints = ("{etcd.url}"); }}',
            settle=f'{{ quiet = {quiet}; max = 60.0; }}',
            rollout='{ ttl = 30; }')
        self.output = open(f"{self.path}/log", "w+", encoding="utf-8")
        self.process = subprocess.Popen([CCMD, "-v", "-c", file],
                                        stderr=self.output)

    def stamps(self, words, since=0):
        """When (us) words were stamped, after since."""
        with open(f"{self.path}/log", encoding="utf-8") as log:
            found = (STAMP.search(line) for line in log)
            return [int(match[1]) for match in found
                    if match and match[2] == words and int(match[1]) > since]

    def turns(self, since=0):
        return self.stamps("the turn is over", since)

    def switches(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            found = re.search(r"^voluntary_ctxt_switches:\s+(\d+)",
                              file.read(), re.M)
        return int(found[1])

    def spare(self):
        """The pid of the runner that waits for a job, once it waits."""
        pid = self.process.pid
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            for child in file.read().split():
                if waits(child):
                    return int(child)
        return None

    def dirty_kib(self, pid=None):
        path = f"/proc/{pid or self.process.pid}/smaps_rollup"
        with open(path, encoding="ascii") as file:
            return int(re.search(r"Private_Dirty:\s+(\d+)", file.read())[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)

    def done(self):
        self.process.wait()
        self.output.close()
        super().done()


class Cluster:
    def __init__(self, quiet):
        self.etcd = Etcd()
        self.quiet = quiet
        self.nodes = []
        self.seed = 0

    def grow(self, count):
        """Starts nodes, a few at a time, and waits for their first turns."""
        while len(self.nodes) < count:
            fresh = [Node(f"n{len(self.nodes) + i:03}", self.etcd, self.quiet)
                     for i in range(min(8, count - len(self.nodes)))]
            self.nodes += fresh
            until("nodes start", lambda: all(node.turns() for node in fresh))

    def rest(self):
        """Waits until all have the spare runner that they keep for the next
        event: an event comes after a time of settling."""
        until("all nodes have a spare runner",
              lambda: all(node.spare() for node in self.nodes))

    def event(self):
        """Changes the object; returns when, as of the event's put."""
        self.rest()
        self.seed += 1
        self.etcd.put("/ccm/objects/things/1",
                      json.dumps({"id": 1, "seed": self.seed}))
        sent = now_us()
        self.etcd.put("/ccm/events/things", str(self.seed))
        until("all nodes have had their turn",
              lambda: all(node.turns(sent) for node in self.nodes))
        return sent

    def hand_overs(self, since):
        """The ms from each end that was sent to the next begin's answer."""
        ends = sorted(us for node in self.nodes
                      for us in node.stamps("ending the turn", since))
        begins = sorted(us for node in self.nodes
                        for us in node.stamps("the turn has begun", since))
        return [(begin - end) / 1000
                for end, begin in zip(ends, begins[1:])]

    def turns_ms(self, since):
        """How long each turn took, from begin to end."""
        return [(end - begin) / 1000 for node in self.nodes
                for begin, end in zip(
                    node.stamps("the turn has begun", since),
                    node.stamps("ending the turn", since))]

    def last_turn(self, since):
        return max(us for node in self.nodes for us in node.turns(since))

    def done(self):
        for node in self.nodes:
            node.stop()
        for node in self.nodes:
            node.done()
        self.etcd.done()


def bench_event(runs=15):
    """Event put, settle 0, one node, one small file, until its turn ended."""
    cluster = Cluster(0.0)
    cluster.grow(1)
    ours, bare = [], []
    for _ in range(runs):
        sent = cluster.event()
        ours.append((cluster.last_turn(sent) - sent) / 1000)
        bare.append(statistics.median(cluster.etcd.pair(10)))
    more = statistics.median(a - b for a, b in zip(ours, bare))
    Row("event put to the turn's end, one node, settle 0",
        statistics.median(ours), None, None).show()
    Row("  more than the raw transactions", more, None, 15).show()
    cluster.done()


def bench_cluster():
    """Hand-over and roll-out, over more and more nodes.

    The floor of a hand-over is measured between the roll-outs, at their pace:
    with the median turn as its pause. The note has the ratio to the same
    floor in a tight loop.
    """
    cluster = Cluster(0.1)
    for size in SIZES:
        cluster.grow(size)
        runs = max(2, 30 // size)
        overs, totals, bare, tight, calls = [], [], [], [], {}
        for _ in range(runs):
            cluster.rest()
            before = cluster.etcd.requests()
            sent = cluster.event()
            after = cluster.etcd.requests()
            for name in after:
                count = after[name] - before.get(name, 0)
                calls[name] = calls.get(name, 0) + count / runs / size
            overs += cluster.hand_overs(sent)
            totals.append((cluster.last_turn(sent) - sent) / 1000)
            turn_ms = round(statistics.median(cluster.turns_ms(sent)))
            bare += cluster.etcd.pair(100 // runs + 1, turn_ms)
            tight += cluster.etcd.pair(100 // runs + 1)
        over, loop = statistics.median(overs), statistics.median(tight)
        Row(f"hand-over, {size} nodes in the queue", over,
            statistics.median(bare), 1.5,
            note=f"turns of {turn_ms} ms; {over / loop:.2f} x {loop:.2f} ms "
                 "in a tight loop").show()
        total = statistics.median(totals)
        listed = ", ".join(f"{name} {count:.1f}" for name, count
                           in sorted(calls.items()) if count >= 0.05)
        Row(f"roll-out over {size} nodes, one file each", total, None, None,
            note=f"{total / size:.1f} ms and {sum(calls.values()):.1f} etcd "
                 f"requests a node ({listed})").show()
    cluster.done()


def bench_idle():
    cluster = Cluster(10.0)
    cluster.grow(1)
    node = cluster.nodes[0]
    cluster.rest()
    before = node.switches()
    time.sleep(IDLE_S)
    wakes = (node.switches() - before) / IDLE_S
    Row(f"idle ccmd, wake-ups a second, over {IDLE_S:g} s", wakes, None, 0.2,
        "/s").show()
    Row("idle ccmd, private dirty memory", node.dirty_kib() / 1024, None, 2,
        "MiB").show()
    Row("its spare runner, private dirty memory",
        node.dirty_kib(node.spare()) / 1024, None, None, "MiB").show()
    cluster.done()
