"""A real process, really killed: between the gateway's receipt of a message and the mark that it was sent."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from citizen_app.clock import now
from citizen_app.factory import create_app
from citizen_app.jobs.models import OutboxMessage
from citizen_app.jobs.outbox import CLAIM, enqueue, send_due
from citizen_app.jobs.sms import SMS, sms_payload
from citizen_app.storage.transactions import transaction
from citizen_app.toolkit.testing import dispose

ROOT = Path(__file__).parents[3]
SEND = (
    "from citizen_app.factory import create_app\n"
    "from citizen_app.jobs.outbox import send_due\n"
    "app = create_app()\n"
    "with app.app_context():\n"
    "    send_due()\n"
)


class KillingGateway:
    """Receives messages, and kills `victim` instead of answering."""

    def __init__(self) -> None:
        self.received: list[tuple[str, Any]] = []
        self.victim: subprocess.Popen[bytes] | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.received.append((self.headers["webhook-id"], json.loads(body)))
                if outer.victim is not None:
                    outer.victim.send_signal(signal.SIGKILL)
                    outer.victim.wait()
                    return
                self.send_response(202)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def gateway() -> Iterator[KillingGateway]:
    made = KillingGateway()
    threading.Thread(target=made.server.serve_forever, daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def environment(app_environment: dict[str, str], gateway: KillingGateway) -> dict[str, str]:
    return {
        **app_environment,
        "CITIZEN_SMS_URL": gateway.url,
        "CITIZEN_SMS_SECRET": "a secret shared with the gateway",
    }


@pytest.fixture
def app(environment: dict[str, str]) -> Iterator[Flask]:
    made = create_app(environment)
    yield made
    dispose(made)


@pytest.mark.processes
def test_a_message_survives_the_killing_of_its_sender(
    app: Flask,
    environment: dict[str, str],
    gateway: KillingGateway,
    message: Callable[[str], OutboxMessage],
) -> None:
    with app.app_context(), transaction():
        message_id = enqueue(SMS, sms_payload("+8613911112222", "123456"))
    gateway.victim = subprocess.Popen(
        [sys.executable, "-c", SEND], cwd=ROOT, env={"PATH": os.environ["PATH"], **environment}
    )
    assert gateway.victim.wait(60) == -signal.SIGKILL
    killed = message(message_id)
    assert (killed.state, killed.attempts) == ("waiting", 1)
    gateway.victim = None
    with time_machine.travel(now() + CLAIM + timedelta(seconds=1), tick=True), app.app_context():
        send_due()
    assert message(message_id).state == "sent"
    assert [one for one, _ in gateway.received] == [message_id, message_id]
    assert gateway.received[1][1] == {"phone": "+8613911112222", "text": "123456"}
