"""A department's system of its own: `standin_webhook.py` prints its port and each request that it gets as a
line of JSON. By its path it has its bad days: /slow, /drip, /huge, /moved, /gone, /broken."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

STATUS = {"/moved": 302, "/gone": 410, "/broken": 503}


class Handler(BaseHTTPRequestHandler):
    """Takes everything."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        print(json.dumps({"path": self.path, "headers": headers, "body": body}), flush=True)
        if self.path == "/slow":
            time.sleep(30)
        self.send_response(STATUS.get(self.path, 200))
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        if self.path == "/drip":
            for _ in range(60):
                self.wfile.write(b" ")
                time.sleep(0.5)
        if self.path == "/huge":
            for _ in range(20_000):
                self.wfile.write(b" " * 65_536)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
