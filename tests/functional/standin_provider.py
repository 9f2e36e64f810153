"""A small payment provider of its own: `standin_provider.py SECRET` prints its address.

It keeps orders and answers what becomes of them, signed both ways as `payments/providers/http.py` says. The
test tells it what shall become of each (`POST /plan`: outcomes in their order, whether it answers questions
about it, the day in whose file it stands) and when to tell the city (`POST /deliver`): every message twice,
shuffled, from several threads at once.
"""

from __future__ import annotations

import base64
import hmac
import json
import random
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = sys.argv[1]
ORDERS: dict[str, dict[str, Any]] = {}
PLANS: dict[str, dict[str, Any]] = {}


def event_of(order_id: str, outcome: str) -> dict[str, Any]:
    """What is said of an order."""
    plan = PLANS[order_id]
    return {
        "order_id": order_id,
        "outcome": outcome,
        "amount": plan["amount"],
        "reference": f"r-{order_id}",
        "at": f"{plan['day']}T04:00:00Z",
    }


def signature_of(message_id: str, at: str, body: bytes) -> str:
    """As Standard Webhooks has it."""
    told = f"{message_id}.{at}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(SECRET.encode(), told, "sha256")).decode()


def call(address: str, event: dict[str, Any]) -> int:
    """Tell the city; returns its status."""
    body, message_id, at = json.dumps(event).encode(), event["order_id"], str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": at,
        "webhook-signature": signature_of(message_id, at, body),
    }
    request = urllib.request.Request(f"{address}/api/v1/payments/events", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as refused:
        return refused.code


class Handler(BaseHTTPRequestHandler):
    """Answers what is signed, and the test."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        asked = json.loads(body)
        if self.path == "/plan":
            PLANS.update(asked)
            self._say(200, {})
        elif self.path == "/deliver":
            said = [event_of(one, outcome) for one in asked["orders"] for outcome in PLANS[one]["outcomes"]]
            told = said * 2
            random.Random(asked["seed"]).shuffle(told)
            with ThreadPoolExecutor(4) as threads:
                self._say(200, list(threads.map(lambda event: call(asked["city"], event), told)))
        elif not self._signed(body):
            self._say(401, {})
        else:
            ORDERS[asked["order_id"]] = asked
            self._say(200, {"address": f"https://pay.example/{asked['order_id']}"})

    def do_GET(self) -> None:
        kind, _, name = self.path.strip("/").partition("/")
        if not self._signed(b""):
            self._say(401, {})
        elif kind == "orders":
            plan = PLANS.get(name, {"answers": False})
            self._say(200, event_of(name, plan["outcomes"][-1]) if plan["answers"] else {"outcome": None})
        else:
            filed = [one for one, plan in PLANS.items() if plan["day"] == name]
            events = [event_of(one, "paid") for one in filed if "paid" in PLANS[one]["outcomes"]]
            self._say(200 if filed else 404, {"events": events})

    def _signed(self, body: bytes) -> bool:
        right = signature_of(self.headers["webhook-id"], self.headers["webhook-timestamp"], body)
        return hmac.compare_digest(self.headers["webhook-signature"], right)

    def _say(self, status: int, said: Any) -> None:
        content = json.dumps(said).encode()
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
