"""A mail server as a process of its own: what arrives there, and its bad days, in its own words and ours."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from citizen_app.doctor.channels import mail_server
from citizen_app.factory import create_app
from citizen_app.jobs.email import EmailNotSent, Letter, SmtpEmail
from citizen_app.process.breaker import FAILURES_TO_OPEN, Breaker
from citizen_app.settings import Settings, load_settings
from tests.functional.mail_server import MailServer, certificate_for_loopback, running_mail_server

pytestmark = pytest.mark.processes
LETTER = Letter(
    "li@example.org", "【宿迁】新的登录", "五月四日，有设备登录了您的账户。\n\nA device signed in."
)
QUICK = 0.6


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with running_mail_server(tmp_path_factory.mktemp("mail")) as running:
        yield running


def environment(port: int, folder: Path) -> dict[str, str]:
    return {
        "CITIZEN_DEMO": "1",
        "CITIZEN_DATA_DIR": str(folder),
        "CITIZEN_SMTP_URL": f"smtp://127.0.0.1:{port}",
        "CITIZEN_EMAIL_FROM": "no-reply@city.example.org",
    }


def settings_for(port: int, folder: Path) -> Settings:
    return load_settings(environment(port, folder))


@pytest.fixture
def adapter(server: MailServer, tmp_path: Path) -> SmtpEmail:
    server.empty()
    return SmtpEmail(settings_for(server.port, tmp_path), Breaker(), QUICK)


def test_a_letter_arrives_whole(adapter: SmtpEmail, server: MailServer) -> None:
    adapter.send("0190-1", LETTER)
    ((envelope, message),) = server.taken()
    assert envelope["to"] == ["rcpt TO:<li@example.org>"]
    assert "no-reply@city.example.org" in envelope["from"]
    assert (message["Subject"], message.get_content().replace("\r\n", "\n").strip()) == (
        LETTER.subject,
        LETTER.text,
    )
    assert message["Message-ID"] == "<0190-1@city.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"


def test_what_is_tried_again_is_the_same_message(adapter: SmtpEmail, server: MailServer) -> None:
    adapter.send("0190-2", LETTER)
    adapter.send("0190-2", LETTER)
    assert len({message["Message-ID"] for _, message in server.taken()}) == 1


@pytest.mark.parametrize(
    "to",
    [
        "li@example.org\r\nBcc: all@example.org",
        "li@example.org\n",
        "li@example.org, all@example.org",
        "<li@example.org>",
        "li@localhost",
        "李@example.org",
        f"{'a' * 65}@example.org",
    ],
)
def test_no_header_and_no_second_recipient_fits_into_an_address(
    adapter: SmtpEmail, server: MailServer, to: str
) -> None:
    with pytest.raises(EmailNotSent, match="no plain address") as refused:
        adapter.send("0190-3", replace(LETTER, to=to))
    assert refused.value.for_good
    assert server.taken() == []


def test_a_line_break_in_a_subject_makes_no_header(adapter: SmtpEmail, server: MailServer) -> None:
    adapter.send("0190-4", replace(LETTER, subject="hello\r\nBcc: all@example.org"))
    ((envelope, message),) = server.taken()
    assert message["Bcc"] is None
    assert len(envelope["to"]) == 1


@pytest.mark.parametrize(
    ("name", "words", "for_good"),
    [
        ("busy", "refused the recipient: 451", False),
        ("nobody", "refused the recipient: 550", True),
        ("gone", "broke off", False),
        ("hung", "not reached: TimeoutError", False),
        ("drip", "not reached: TimeoutError", False),
    ],
)
def test_its_bad_days_end_in_time_and_in_words(
    adapter: SmtpEmail, name: str, words: str, for_good: bool
) -> None:
    began = time.monotonic()
    with pytest.raises(EmailNotSent, match=words) as failed:
        adapter.send("0190-5", replace(LETTER, to=f"{name}@example.org"))
    assert time.monotonic() - began < QUICK + 1
    assert failed.value.for_good is for_good
    assert name not in failed.value.safe_words, "nothing of the address"


def test_a_server_that_fails_is_left_alone_but_a_wrong_mailbox_is_not_its_fault(
    adapter: SmtpEmail, server: MailServer
) -> None:
    for name in ("nobody", "gone"):
        for _ in range(FAILURES_TO_OPEN):
            with pytest.raises(EmailNotSent, match="mail server"):
                adapter.send("0190-6", replace(LETTER, to=f"{name}@example.org"))
    with pytest.raises(EmailNotSent, match="left alone"):
        adapter.send("0190-7", LETTER)
    assert server.taken() == []


def test_nothing_is_said_before_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: MailServer
) -> None:
    """Over the network STARTTLS is a condition: a server without it, or one whom nobody vouches for, gets
    nothing."""
    settings = settings_for(server.port, tmp_path)
    monkeypatch.setattr("citizen_app.jobs.email.is_loopback", lambda bind: False)
    server.empty()
    with pytest.raises(EmailNotSent, match="does not offer"):
        SmtpEmail(settings, Breaker()).send("0190-8", LETTER)
    assert server.taken() == []
    certificate, key = certificate_for_loopback(tmp_path)
    with running_mail_server(tmp_path / "tls", (certificate, key)) as secure:
        adapter = SmtpEmail(settings_for(secure.port, tmp_path), Breaker())
        with pytest.raises(EmailNotSent, match="SSLCertVerificationError"):
            adapter.send("0190-9", LETTER)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        adapter.send("0190-9", LETTER)
        ((envelope, _),) = secure.taken()
        assert envelope["secure"]


def test_the_doctor_names_a_mail_server_that_does_not_work(server: MailServer, tmp_path: Path) -> None:
    works = create_app(environment(server.port, tmp_path), with_services=False)
    with works.app_context():
        assert list(mail_server()) == []
    away = create_app(environment(1, tmp_path), with_services=False)
    with away.app_context():
        (fault,) = mail_server()
    assert (fault.level, "ConnectionRefusedError" in fault.what.en) == ("failure", True)
