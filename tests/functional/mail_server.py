"""The stand-in mail server as a process, and what it has taken."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

SERVER = Path(__file__).with_name("standin_mail_server.py")


@dataclass(frozen=True)
class MailServer:
    """Where it answers, and the folder of what it took."""

    port: int
    folder: Path

    def taken(self) -> list[tuple[dict[str, Any], EmailMessage]]:
        """Envelopes and messages, oldest first."""
        files = sorted(self.folder.glob("*.eml"), key=lambda one: int(one.stem))
        found = []
        for file in files:
            envelope, _, written = file.read_bytes().partition(b"\r\n")
            message = cast(EmailMessage, message_from_bytes(written, policy=default))
            found.append((json.loads(envelope), message))
        return found

    def empty(self) -> None:
        """Forget what was taken."""
        for file in self.folder.glob("*.eml"):
            file.unlink()


@contextmanager
def running_mail_server(folder: Path, certificate: tuple[Path, Path] | None = None) -> Iterator[MailServer]:
    """A process of its own for as long as it is needed."""
    folder.mkdir(exist_ok=True)
    args = [sys.executable, str(SERVER), str(folder), *map(str, certificate or ())]
    process = subprocess.Popen(args, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield MailServer(int(process.stdout.readline()), folder)
    finally:
        process.terminate()
        process.wait(10)


def certificate_for_loopback(folder: Path) -> tuple[Path, Path]:
    """A certificate of this machine's own address, which signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example.org")])
    moment = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "mail.crt", folder / "mail.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, secret
