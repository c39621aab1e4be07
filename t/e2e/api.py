#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A Cluster API for the tests: api.py DIR KEY PORT_FILE.

Serves DIR/<type>.json in pages of what per_page asks for (at most 2, so that
there are pages), with Link and x-total-count. Answers 401 without the key,
while DIR/fail exists with the status in it (and, for 200, the text behind
it), while DIR/hang exists not at all, and each Nth time with 502 if DIR/every
holds N. Writes
the port that it got to PORT_FILE.
"""

import http.server
import json
import os
import sys
import time
import urllib.parse

DIR, KEY, PORT_FILE = sys.argv[1:]


class Api(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked = 0

    def log_message(self, *args):
        pass

    def is_bad_one(self):
        """DIR/every holds N: each Nth answer is bad."""
        try:
            with open(os.path.join(DIR, "every"), encoding="utf-8") as file:
                every = int(file.read())
        except FileNotFoundError:
            return False
        Api.asked += 1
        return Api.asked % every == 1

    def answer(self, status, document, headers=()):
        self.answer_text(status, json.dumps(document), headers)

    def answer_text(self, status, text, headers=()):
        body = b"" if status == 204 else text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        fail = os.path.join(DIR, "fail")
        if os.path.exists(fail):
            with open(fail, encoding="utf-8") as file:
                status, *body = file.read().strip().split(" ", 1)
            if status == "200":
                return self.answer_text(200, "".join(body))
            return self.answer(int(status), {"detail": "busy"})
        while os.path.exists(os.path.join(DIR, "hang")):
            time.sleep(0.05)
        if self.is_bad_one():
            return self.answer_text(502, "<html>")
        if self.headers.get("X-API-Key") != KEY:
            return self.answer(401, {"detail": "no key"})
        name = url.path.removeprefix("/api/v1/")
        try:
            with open(os.path.join(DIR, name + ".json"),
                      encoding="utf-8") as file:
                objects = json.load(file)
        except FileNotFoundError:
            return self.answer(404, {"detail": "no such type"})
        page = int(query.get("page", "1"))
        size = min(int(query.get("per_page", "2")), 2)
        headers = [("x-total-count", str(len(objects)))]
        if page * size < len(objects):
            host = self.headers["Host"]
            headers.append(("Link", f"<http://{host}{url.path}?page={page + 1}"
                                    f"&per_page={size}>; rel=\"next\""))
        return self.answer(200, objects[(page - 1) * size:page * size],
                           headers)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
with open(PORT_FILE + ".new", "w", encoding="utf-8") as out:
    out.write(str(server.server_port))
os.rename(PORT_FILE + ".new", PORT_FILE)
server.serve_forever()
