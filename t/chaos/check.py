#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""check.py FOLDER: decides from what chaos has recorded whether I1 to I5 held.

history.json  each change below the prefix, as etcdctl watch shows it
stamps        what the changes themselves wrote: begin, fail and end, in order
result.json   what was seen of files, status and records when at rest
"""

import base64
import collections
import json
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))

import history  # noqa: E402


def value_of(kv):
    return base64.b64decode(kv.get("value", "")).decode(errors="replace")


def read_stamps(path):
    """Yields (what, node, pid, generation)."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            words = line.split()
            if len(words) == 5:
                yield words[0], words[1], words[2], words[3]


def check_stamps(path):
    """I1 in the changes themselves, whatever etcd believes. A change that
    was killed has no end; it was alive for certain only where it stamped."""
    stamps = list(read_stamps(path))
    last = {}
    for at, (_, _, pid, gen) in enumerate(stamps):
        last[pid, gen] = at
    wrong, running = [], {}
    for at, (what, node, pid, gen) in enumerate(stamps):
        running = {key: other for key, other in running.items()
                   if last[key] >= at and key != (pid, gen)}
        others = [other for other in running.values() if other != node]
        if others:
            wrong.append(f"I1: stamp {at + 1}: {what} of {node} (generation "
                         f"{gen}) while {', '.join(others)} is changing")
        if what == "begin":
            running[pid, gen] = node
    return wrong, sum(stamp[0] == "begin" for stamp in stamps)


def generations(files):
    return {text.split(" ", 1)[0] for text in files.values()}


def check_rest(rest, names):
    """I3 and I4 of one time at rest, and I5 if all have converged."""
    what, wrong = rest["what"], []
    if not rest["reached"]:
        states = {name: (status.get("state"), status.get("pending"))
                  for name, status in rest["status"].items()}
        wrong.append(f"I3: {what}: never; flag {rest['flag']}, {states}")
        return wrong
    for name in names:
        if len(generations(rest["files"][name])) > 1:
            wrong.append(f"I4: {what}: {name} has files of several "
                         f"generations: {generations(rest['files'][name])}")
    if "converged" not in what:
        return wrong
    for name in names:
        if generations(rest["files"][name]) != {str(rest["gen"])}:
            wrong.append(f"I3: {what}: {name} lacks {rest['gen']}")
    digests = {name: (rest["records"].get(name, {}).get("applied") or
                      {}).get("digest") for name in names}
    if len(set(digests.values())) != 1 or None in digests.values():
        wrong.append(f"I5: {what}: digests differ: {digests}")
    if any(rest["files"][name] != rest["files"][names[0]] for name in names):
        wrong.append(f"I5: {what}: files differ")
    return wrong


def check(folder):
    """Returns (what is wrong, counts)."""
    with open(f"{folder}/result.json", encoding="utf-8") as text:
        result = json.load(text)
    turns, wrong = [], []
    if os.path.exists(f"{folder}/history.json"):
        turns, wrong = history.replay(f"{folder}/history.json", "/ccm")
    stamped, begun = check_stamps(f"{folder}/stamps")
    wrong += stamped
    for name, thing, text in result["torn"]:
        wrong.append(f"I4: {name}: {thing} is torn: {text[:60]!r}...")
    for name, status in result["died"]:
        wrong.append(f"ccmd of {name} ended by itself with {status}")
    for rest in result["rests"]:
        wrong += check_rest(rest, result["names"])
    if not result["rests"]:
        wrong.append("nothing was seen")
    outcomes = collections.Counter(turn[2] for turn in turns)
    counts = {"turns": len(turns), "failed": outcomes["failed"],
              "changes": begun, "generations": len(result["published"]),
              "rests": len(result["rests"])}
    return wrong, counts


def main():
    wrong, counts = check(sys.argv[1])
    print(", ".join(f"{n} {what}" for what, n in counts.items()))
    print("".join(f"WRONG {line}\n" for line in wrong), end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
