#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""Puts, or deletes, many keys into etcd, a hundred a transaction.

flood.py URL put PREFIX COUNT [SIZE]   keys PREFIX0, PREFIX1, ..., values of
                                       SIZE bytes
flood.py URL again KEY COUNT           one key, COUNT times
flood.py URL long PREFIX COUNT SIZE    keys with names of SIZE bytes
flood.py URL delete PREFIX             all keys that begin so
It prints the store's revision after it.
"""
import base64
import http.client
import json
import sys
from urllib.parse import urlsplit


def text(bytes_):
    return base64.b64encode(bytes_.encode()).decode()


class Etcd:
    def __init__(self, url):
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc)

    def ask(self, path, body):
        self.connection.request("POST", path, body)
        reply = self.connection.getresponse()
        answer = json.load(reply)
        if reply.status != 200:
            sys.exit(f"etcd: {answer}")
        return int(answer["header"]["revision"])

    def put(self, pairs):
        return self.ask("/v3/kv/txn", '{"success":[%s]}' % ",".join(
            '{"requestPut":{"key":"%s","value":"%s"}}' % (text(key), value)
            for key, value in pairs))


def main():
    url, what, prefix, *numbers = sys.argv[1:]
    count, size, *_ = [int(number) for number in numbers] + [0, 0]
    etcd = Etcd(url)
    revision = 0
    if what == "put":
        batch = 100 if size < 1000 else 1
        value = text("v" * size)
        for first in range(0, count, batch):
            revision = etcd.put(
                (f"{prefix}{number}", value)
                for number in range(first, min(first + batch, count)))
    elif what == "again":
        for _ in range(count):
            revision = etcd.put([(prefix, text("again"))])
    elif what == "long":
        for number in range(count):
            revision = etcd.put([(prefix + str(number).rjust(size, "x"), "")])
    elif what == "delete":
        end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        revision = etcd.ask("/v3/kv/deleterange", json.dumps(
            {"key": text(prefix), "range_end": text(end)}))
    else:
        sys.exit(__doc__)
    print(revision)


main()
