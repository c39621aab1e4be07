# SPDX-License-Identifier: ISC
"""Changes a record of chaos, to see whether check.py notices: the test puts
the change behind this text. What it has made is written at exit."""

import atexit
import base64
import json
import sys

folder = sys.argv[1]
with open(f"{folder}/history.json", encoding="utf-8") as text:
    history = [event for line in text
               for event in json.loads(line).get("Events") or []]
with open(f"{folder}/stamps", encoding="utf-8") as text:
    stamps = list(text)
with open(f"{folder}/result.json", encoding="utf-8") as text:
    result = json.load(text)


def key_of(event):
    return base64.b64decode(event["kv"]["key"]).decode()[len("/ccm/"):]


def first(condition):
    """The index of the last change at the revision of the first that has the
    condition."""
    at = next(i for i, event in enumerate(history)
              if condition(key_of(event), event.get("type") not in
                           (1, "DELETE")))
    revision = history[at]["kv"]["mod_revision"]
    return max(i for i, event in enumerate(history)
               if event["kv"]["mod_revision"] == revision)


def insert(at, key, value):
    """A change of its own: all later revisions move up by one."""
    revision = history[at - 1]["kv"]["mod_revision"] + 1
    for event in history[at:]:
        event["kv"]["mod_revision"] += 1
    history.insert(at, {"kv": {
        "key": base64.b64encode(f"/ccm/{key}".encode()).decode(),
        "value": base64.b64encode(value.encode()).decode(),
        "mod_revision": revision}})


@atexit.register
def save():
    with open(f"{folder}/history.json", "w", encoding="utf-8") as out:
        for event in history:
            out.write(json.dumps({"Events": [event]}) + "\n")
    with open(f"{folder}/stamps", "w", encoding="utf-8") as out:
        out.writelines(stamps)
    with open(f"{folder}/result.json", "w", encoding="utf-8") as out:
        json.dump(result, out)
