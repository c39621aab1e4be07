# SPDX-License-Identifier: ISC
"""make bench: each figure beside the floor on this machine, as a ratio.

bench.py [CASE...]; RUNS=N sets how many counted runs each median is of,
NODES="3 30" the sizes of the clusters, IDLE=N the seconds of watching an idle
daemon.
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cluster import bench_cluster, bench_event, bench_idle
from lib import (FLOOR, RUNNER, RUNS, Row, Scratch, floor, pairs, run)

COUNT = 10000


class Files(Scratch):
    """COUNT files of 400 bytes, declared by one configuration."""

    def __init__(self):
        super().__init__()
        os.makedirs(f"{self.path}/root/srv/files")
        self.file = self.conf()
        self.seed = 0
        self.declare(0)
        self.apply()

    def declare(self, seed):
        self.seed = seed
        self.write("modules.d/files.conf",
                   f'module = "files";\nsettings = {{ directory = '
                   f'"/srv/files"; count = {COUNT}; seed = {seed}; }};\n')

    def apply(self):
        """One whole `run`, which applies as soon as it has planned."""
        job = '{"job":{"configurations":null,"revision":1,"who":"bench",' \
              '"allow_removals":false}}\n{"order":"apply","turn":"bench"}\n'
        self.write("job", job)
        with open(f"{self.path}/job", encoding="utf-8") as order:
            subprocess.run([RUNNER, "-c", self.file, "run"], stdin=order,
                           stdout=subprocess.DEVNULL, check=True)

    def timed_apply(self):
        import time
        self.declare(self.seed + 1)
        start = time.perf_counter()
        self.apply()
        return (time.perf_counter() - start) * 1000


def bench_plan():
    files = Files()
    directory = f"{files.path}/root/srv/files"
    plan = [RUNNER, "-c", files.file, "plan"]
    ours, bare = pairs(lambda: run(plan)[0],
                       lambda: floor("compare", directory, COUNT))
    Row("plan: 10,000 files, none differs", ours, bare, 2.0).show()
    files.declare(1)
    ours, bare = pairs(lambda: run(plan, good=(0, 3))[0],
                       lambda: floor("compare", directory, COUNT))
    Row("plan: 10,000 files differ, with diffs", ours, bare, 3.0,
        note="plus what printing costs").show()
    Row("peak memory of the runner, that preview",
        max(run(plan, good=(0, 3))[1] for _ in range(3)) / 1024, None, 64,
        "MiB").show()
    files.done()


def bench_apply():
    files = Files()
    directory = f"{files.path}/root/srv/files"
    ours, bare = pairs(files.timed_apply,
                       lambda: floor("change", directory, COUNT))
    Row("apply: 10,000 files, all new, durable", ours, bare, 2.0).show()
    files.done()


CASES = {name[len("bench_"):]: case for name, case in list(globals().items())
         if name.startswith("bench_")}


def main():
    wanted = sys.argv[1:] or list(CASES)
    if not os.path.exists(FLOOR):
        sys.exit("bench: make t/bench/floor first (make bench does)")
    print(f"medians of {RUNS} runs, in turn with their floors; "
          f"{os.cpu_count()} cores\n")
    for name in wanted:
        if name not in CASES:
            sys.exit(f"bench: no case {name}; there are {', '.join(CASES)}")
        CASES[name]()


main()
