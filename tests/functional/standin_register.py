"""A small register of its own: `standin_register.py SECRET NAME NUMBER` prints its address and answers what
it is asked.

It confirms that name with that number. The names 慢, 大, 乱 and 错 are its bad days: late, too large, no
JSON, an error.
"""

from __future__ import annotations

import base64
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET, NAME, NUMBER = sys.argv[1:4]


class Handler(BaseHTTPRequestHandler):
    """Answers questions that are signed."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._signed(body):
            self._say(401, b"{}")
            return
        asked = json.loads(body)
        if self.path == "/eid":
            good = asked["token"] == "good"
            self._say(200, json.dumps({"confirmed": good, "subject": "s-1", "level": 3}).encode())
            return
        name = asked["name"]
        if name == "慢":
            time.sleep(3)
        status = 500 if name == "错" else 200
        confirmed = json.dumps({"confirmed": name == NAME and asked["id_number"] == NUMBER}).encode()
        self._say(status, {"大": b" " * 100_000, "乱": b"<html>"}.get(name, confirmed))

    def _signed(self, body: bytes) -> bool:
        told = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        mac = base64.b64encode(hmac.digest(SECRET.encode(), told, "sha256")).decode()
        return hmac.compare_digest(self.headers["webhook-signature"], f"v1,{mac}")

    def _say(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
