"""The example proxy, really started: the journey through TLS, and what must not come through."""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from citizen_app.factory import CitizenFlask
from citizen_app.ids import new_id
from citizen_app.toolkit.testing import City, is_required
from tests.server import ROOT, Server, free_port

HOST = "code.example.org"
SILENT = 40
TOKEN = "a-token-for-prometheus-with-enough-letters"
MAIN = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log; {user}
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    types {{ text/html html; text/css css; application/javascript js; }}
{site}
}}
"""

pytestmark = [
    pytest.mark.processes,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


@pytest.fixture
def services_dir() -> Path | None:
    """The sample services instead of the product's."""
    return ROOT / "tests/sample_services"


@pytest.fixture
def server(app: CitizenFlask, app_environment: dict[str, str], tmp_path: Path) -> Iterator[Server]:
    """A real server that trusts one proxy."""
    more = {"CITIZEN_TRUSTED_PROXIES": "1", "CITIZEN_METRICS_TOKEN": TOKEN, "CITIZEN_LOG_LEVEL": "INFO"}
    made = Server(app_environment | more, tmp_path / "server.log")
    City(app)
    made.start()
    yield made
    made.stop()


class Proxy:
    """A running nginx and a client that trusts its certificate."""

    def __init__(self, folder: Path, http_port: int, https_port: int, certificate: Path) -> None:
        self.folder, self.http_port, self.https_port = folder, http_port, https_port
        self.context = ssl.create_default_context(cafile=str(certificate))
        self.client = httpx.Client(
            base_url=f"https://{HOST}", transport=_ToLoopback(https_port, self.context), timeout=30
        )

    def silent(self) -> socket.socket:
        """A connection that says nothing."""
        return socket.create_connection(("127.0.0.1", self.https_port))


class _ToLoopback(httpx.HTTPTransport):
    """Sends what is meant for the example's name to our port, with the name in TLS and Host."""

    def __init__(self, port: int, context: ssl.SSLContext) -> None:
        super().__init__(verify=context)
        self._port = port

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions = {**request.extensions, "sni_hostname": HOST}
        request.url = request.url.copy_with(host="127.0.0.1", port=self._port)
        return super().handle_request(request)


@pytest.fixture
def proxy(server: Server, tmp_path: Path) -> Iterator[Proxy]:
    """nginx with the example, its ports and files exchanged for ours."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        if is_required("nginx"):
            pytest.fail("nginx is required (CITIZEN_REQUIRE) and not installed")
        pytest.skip("no nginx here; install nginx-light")
    folder = tmp_path / "nginx"
    folder.mkdir()
    certificate, key = make_certificate(folder)
    http_port, https_port = free_port(), free_port()
    site = (ROOT / "docs/examples/nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{http_port};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{https_port} ssl"),
        ("127.0.0.1:8000", f"127.0.0.1:{server.port}"),
        ("/etc/ssl/citizen-app/fullchain.pem", str(certificate)),
        ("/etc/ssl/citizen-app/key.pem", str(key)),
    ):
        assert old in site
        site = site.replace(old, new)
    site = re.sub(r"^ *listen \[::\].*\n", "", site, flags=re.MULTILINE)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, site=site, user=user))
    call = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    process = subprocess.Popen(call, stderr=subprocess.PIPE)
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", https_port), 1).close()
            break
        except OSError:
            assert process.poll() is None, process.stderr.read().decode() if process.stderr else ""
            time.sleep(0.05)
    yield Proxy(folder, http_port, https_port, certificate)
    process.terminate()
    process.wait(10)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for the example's name that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "fullchain.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, private


def logged(server: Server, path: str) -> dict[str, object]:
    """The access line of the last request to a path."""
    lines = [line for line in server.log.read_text().splitlines() if f'"path": "{path}"' in line]
    found: dict[str, object] = json.loads(lines[-1])
    return found


def test_the_journey_through_tls(app: CitizenFlask, server: Server, proxy: Proxy) -> None:
    city = City(app)
    citizen, kiosk = city.citizen(), city.kiosk("probe")
    signed_in = {"Authorization": f"Bearer {citizen.access_token}"}
    shown = proxy.client.get("/api/v1/me/code", headers=signed_in)
    assert (shown.status_code, shown.http_version) == (200, "HTTP/1.1")
    body = {"scan_id": new_id(), "purpose": "enter", "code": shown.json()["code"]}
    scanned = proxy.client.post(
        "/api/v1/scans", json=body, headers={"Authorization": f"Bearer {kiosk.token}"}
    )
    assert scanned.json()["decision"] == "allow"
    assert proxy.client.get("/api/v1/me/usage", headers=signed_in).json()["items"][0]["reason"] == "ok"

    page = proxy.client.get("/", headers={"Accept": "text/html"}, follow_redirects=True)
    assert page.status_code == 200
    assert "text/html" in page.headers["Content-Type"]
    for answer in (page, scanned, proxy.client.get("/nothing/here"), proxy.client.get("/metrics")):
        assert answer.headers.get_list("Strict-Transport-Security") == ["max-age=63072000; includeSubDomains"]
        assert answer.headers["Server"] == "nginx", "no version, and nothing of what stands behind"
    assert page.headers.get_list("Content-Security-Policy")[0].startswith("default-src 'none'")

    challenge = proxy.client.post("/api/v1/auth/challenges", json={"phone": "+8613800138000"})
    assert challenge.status_code == 202
    plain = httpx.get(f"http://127.0.0.1:{proxy.http_port}/x?y=1", headers={"Host": HOST})
    assert (plain.status_code, plain.headers["Location"]) == (301, f"https://{HOST}/x?y=1")


def test_versioned_files_are_kept_and_others_asked_for_again(proxy: Proxy) -> None:
    vendored = next((ROOT / "citizen_app/static/vendor").rglob("*.js")).relative_to(ROOT / "citizen_app")
    assert "immutable" in proxy.client.get(f"/{vendored}").headers["Cache-Control"]
    own = next(p for p in (ROOT / "citizen_app/static").rglob("*.js") if "vendor" not in p.parts)
    answer = proxy.client.get(f"/{own.relative_to(ROOT / 'citizen_app')}")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=600")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_not_for_the_world(proxy: Proxy, server: Server) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert httpx.get(f"{server.url}/metrics", headers=headers).status_code == 200
    assert proxy.client.get("/metrics", headers=headers).status_code == 404
    assert proxy.client.get("/readyz").status_code == 404
    assert proxy.client.get("/healthz").status_code == 200


def test_a_claimed_address_and_request_id_end_at_the_proxy(proxy: Proxy, server: Server) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Request-Id": "chosen-by-a-stranger"}
    answer = proxy.client.get("/healthz", headers=forged)
    seen = logged(server, "/healthz")
    assert seen["address"] == "127.0.0.1"
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-Id"]), "made by the proxy"
    assert seen["request_id"] == answer.headers["X-Request-Id"], "one id in both logs"
    # the control: whoever reaches the server beside the proxy is believed, so nobody else may reach it
    answer = httpx.get(f"{server.url}/healthz", headers=forged)
    assert logged(server, "/healthz")["address"] == "203.0.113.9"
    answer = httpx.get(f"{server.url}/healthz", headers={"X-Request-Id": "x; drop <table>"})
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-Id"])


def test_too_large_is_said_as_a_problem_by_whoever_says_it(proxy: Proxy) -> None:
    for size in (900 * 1024, 3 * 1024 * 1024):  # beyond the application's limit, beyond the proxy's
        answer = proxy.client.post(
            "/api/v1/scans", content=b" " * size, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 413, size
        assert answer.json()["type"] == "/problems/body-too-large"
        assert answer.headers["Content-Type"].startswith("application/problem+json")
    list_of_two_megabytes = {"file": ("list.csv", b"x" * (2 * 1024 * 1024 - 1024))}
    sent = proxy.client.post("/api/v1/admin/claims/import", files=list_of_two_megabytes)
    assert sent.status_code == 401, "the proxy lets it through to the application"


def test_silent_and_slow_callers_keep_nobody_waiting(proxy: Proxy) -> None:
    silent = [proxy.silent() for _ in range(SILENT)]
    slow = [proxy.context.wrap_socket(proxy.silent(), server_hostname=HOST) for _ in range(10)]
    for connection in slow:
        connection.sendall(
            f"POST /api/v1/auth/challenges HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1000\r\n\r\n{{".encode()
        )
    try:
        for _ in range(
            20
        ):  # all are answered while the others are still silent; the control below waits in vain
            assert proxy.client.get("/healthz").status_code == 200
    finally:
        for connection in (*silent, *slow):
            connection.close()


def test_a_server_that_is_away_is_said_in_words(proxy: Proxy, server: Server) -> None:
    server.stop()
    answer = proxy.client.get("/api/v1/services")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json()["type"] == "/problems/unavailable"
