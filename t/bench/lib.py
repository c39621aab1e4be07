# SPDX-License-Identifier: ISC
"""Measuring for the bench: whole processes, in turn with their floor."""
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BUILD = os.environ["builddir"]
SOURCE = os.environ["srcdir"]
RUNNER = BUILD + "/ccm-runner"
FLOOR = BUILD + "/t/bench/floor"
RUNS = int(os.environ.get("RUNS", "7"))


class Row:
    """One line of the table: ours beside the floor, as a ratio."""

    def __init__(self, case, ours, floor, limit, unit="ms", note=""):
        self.case, self.ours, self.floor = case, ours, floor
        self.limit, self.unit, self.note = limit, unit, note

    def show(self):
        if self.floor:
            ratio = self.ours / self.floor
            verdict = f"{ratio:6.2f} x {self.floor:9.2f} {self.unit}"
            good = ratio <= self.limit
            limit = f"<= {self.limit:g} x"
        else:
            verdict = " " * 21
            good = self.limit is None or self.ours <= self.limit
            limit = f"<= {self.limit:g} {self.unit}" if self.limit else ""
        mark = "ok" if good else "MISSED"
        print(f"{self.case:52} {self.ours:9.2f} {self.unit:3} {verdict:22} "
              f"{limit:12} {mark:6} {self.note}")
        sys.stdout.flush()


def run(argv, **more):
    """Runs to the end; returns (ms, peak KiB of the largest process)."""
    start = time.perf_counter()
    child = subprocess.Popen(argv, stdout=more.get("stdout",
                                                   subprocess.DEVNULL),
                             stderr=subprocess.PIPE)
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    ms = (time.perf_counter() - start) * 1000
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in more.get("good", (0,)):
        sys.exit(f"bench: {argv}: status {child.returncode}: "
                 f"{errors.decode()}")
    return ms, usage.ru_maxrss


def floor(*words):
    """The milliseconds that floor's loop took."""
    out = subprocess.run([FLOOR, *map(str, words)], check=True,
                         stdout=subprocess.PIPE)
    return int(out.stdout) / 1000


def pairs(ours, bare, runs=RUNS):
    """Medians of the two, run in turn after one warm-up of each."""
    ours(), bare()
    both = [(ours(), bare()) for _ in range(runs)]
    return (statistics.median(a for a, _ in both),
            statistics.median(b for _, b in both))


class Scratch:
    """A private folder that only root can write, with a ccm.conf."""

    def __init__(self):
        base = os.environ.get("BENCH_DIR", BUILD + "/t/bench")
        self.path = tempfile.mkdtemp(prefix="scratch-", dir=base)
        for name in ("root", "state", "modules.d", "objects"):
            os.mkdir(f"{self.path}/{name}")
        self.write("objects/things.json", "[]")

    def write(self, name, text):
        with open(f"{self.path}/{name}", "w", encoding="utf-8") as file:
            file.write(text)

    def conf(self, **other):
        keys = {
            "node": '"bench"',
            "root": f'"{self.path}/root"',
            "state_dir": f'"{self.path}/state"',
            "socket": f'"{self.path}/ccmd.sock"',
            "modules_d": f'"{self.path}/modules.d"',
            "module_dirs": f'("{BUILD}/t/bench", "{self.path}")',
            "runner": f'"{RUNNER}"',
            "store": f'{{ kind = "local"; path = "{self.path}/store"; }}',
            "objects": f'{{ kind = "directory"; '
                       f'path = "{self.path}/objects"; }}',
            **other,
        }
        self.write("ccm.conf", "".join(f"{key} = {value};\n"
                                       for key, value in keys.items()))
        return f"{self.path}/ccm.conf"

    def done(self):
        shutil.rmtree(self.path)
