#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Reads what `etcdctl watch --prefix -w json` recorded of a cluster.

history.py check FILE   succeeds silently if I1 and I2 of ccm-protocol(7) hold
history.py turns FILE   prints NODE:OUTCOME for each turn that has begun, in
                        order; OUTCOME is done, failed or open
history.py events FILE  prints every change, for people

I1: at most one node is between the begin and the end of its turn.
I2: while the flag is up, only the node that it names may begin.
A turn begins with the put of applying/<node> and ends with its deletion; it
has failed if the flag is put in the same transaction.
"""

import argparse
import base64
import json
import sys


def read(path):
    """Yields the changes as (revision, key, value or None), in order."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            try:
                batch = json.loads(line)
            except ValueError:
                continue  # the last line may be half written
            for event in batch.get("Events") or []:
                kv = event["kv"]
                key = base64.b64decode(kv["key"]).decode(errors="replace")
                value = base64.b64decode(kv.get("value", "")).decode(
                    errors="replace")
                deleted = event.get("type") in (1, "DELETE")
                yield kv["mod_revision"], key, None if deleted else value


def transactions(path, prefix):
    """Yields (revision, {key without prefix: value or None})."""
    now, changes = 0, {}
    for revision, key, value in read(path):
        if not key.startswith(prefix + "/"):
            continue
        if revision != now and changes:
            yield now, changes
            changes = {}
        now = revision
        changes[key[len(prefix) + 1:]] = value
    if changes:
        yield now, changes


def flag_node(value):
    try:
        return json.loads(value).get("node")
    except ValueError:
        return None


def replay(path, prefix):
    """Returns (turns, violations); a turn is [node, revision, outcome]."""
    turns, wrong, running, flag = [], [], {}, None
    for revision, changes in transactions(path, prefix):
        flag_put = changes.get("flag")
        for key, value in changes.items():
            if not key.startswith("applying/"):
                continue
            node = key[len("applying/"):]
            if value is None:
                if node in running:
                    turns[running.pop(node)][2] = (
                        "failed" if flag_put is not None else "done")
                continue
            if running:
                wrong.append(f"I1: {revision}: {node} begins while "
                             f"{', '.join(running)} is applying")
            if flag is not None and flag_node(flag) != node:
                wrong.append(f"I2: {revision}: {node} begins, flag: {flag}")
            running[node] = len(turns)
            turns.append([node, revision, "open"])
        if "flag" in changes:
            flag = flag_put
    return turns, wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--prefix", default="/ccm")
    parser.add_argument("what", choices=("check", "turns", "events"))
    parser.add_argument("--since", type=int, default=0)
    parser.add_argument("file")
    args = parser.parse_args()
    if args.what == "events":
        for revision, changes in transactions(args.file, args.prefix):
            for key, value in changes.items():
                print(revision, key, "-" if value is None else value)
        return 0
    turns, wrong = replay(args.file, args.prefix)
    if args.what == "check":
        print("\n".join(wrong), end="\n" if wrong else "")
        return 1 if wrong else 0
    for node, revision, outcome in turns:
        if revision > args.since:
            print(f"{node}:{outcome}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
