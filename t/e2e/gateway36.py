#!/usr/bin/env python3
# SPDX-License-Identifier: ISC
"""A stand-in for the JSON gateway of etcd 3.6, in front of an older etcd.

gateway36.py ETCD_URL PORT_FILE [HOLD_FILE]

It changes what 3.6 changed: error bodies have no "error", only "code",
"message" and "details"; within a stream the code is called "code"; the HTTP
status follows the newer table. While HOLD_FILE exists, each range after the
first answers only when it is gone: so a test can compact between two pages.
HOLD_FILE.asked appears when one waits. Writes its port to PORT_FILE.
"""

import http.client
import http.server
import json
import os
import sys
import time
import urllib.parse

ETCD = urllib.parse.urlsplit(sys.argv[1])
PORT_FILE = sys.argv[2]
HOLD = sys.argv[3] if len(sys.argv) > 3 else None
STATUS = {3: 400, 4: 504, 5: 404, 6: 409, 7: 403, 8: 429, 9: 400, 10: 409,
          11: 400, 12: 501, 13: 500, 14: 503, 16: 401}


def document(text):
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "error" in found else None


def newer(text, stream):
    """The body, and the status that goes with it (None: as it was)."""
    old = document(text)
    if old is None:
        return text, None
    error = old["error"]
    if not isinstance(error, dict):
        error = {"grpc_code": old.get("code", 2), "message": error}
    code = error.get("grpc_code", error.get("code", 2))
    new = {"code": code, "message": error.get("message", ""), "details": []}
    return json.dumps({"error": new} if stream else new).encode(), \
        STATUS.get(code, 500)


class Gateway(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def hold(self, body):
        if HOLD is None or not self.path.endswith("/kv/range") or \
                b"revision" not in body:
            return
        while os.path.exists(HOLD):
            open(HOLD + ".asked", "w", encoding="utf-8").close()
            time.sleep(0.02)

    def relay_stream(self, answer):
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for line in answer:
                line = newer(line.rstrip(b"\n"), True)[0] + b"\n"
                self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.hold(body)
        headers = {name: value for name, value in self.headers.items()
                   if name.lower() in ("authorization", "content-type")}
        etcd = http.client.HTTPConnection(ETCD.hostname, ETCD.port)
        try:
            etcd.request("POST", self.path, body, headers)
            answer = etcd.getresponse()
        except OSError:
            self.close_connection = True
            return
        if answer.status == 200 and ("/watch" in self.path or
                                     "/lease/keepalive" in self.path):
            self.relay_stream(answer)
        else:
            text, status = newer(answer.read(), False)
            self.send_response(status or answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
        etcd.close()


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
server.daemon_threads = True
with open(PORT_FILE + ".new", "w", encoding="utf-8") as out:
    out.write(str(server.server_port))
os.rename(PORT_FILE + ".new", PORT_FILE)
server.serve_forever()
