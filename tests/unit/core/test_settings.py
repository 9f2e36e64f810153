"""Settings: typed, checked at start, weak or missing secrets refused outside demo."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from citizen_app.setting_fields import is_loopback
from citizen_app.settings import SettingsRefused, load_settings

KEY = base64.b64encode(hashlib.sha256(b"a test key").digest()).decode()  # the same in every test process
PRODUCTION = {
    "CITIZEN_SECRET_KEYS": f"signing-{KEY}",
    "CITIZEN_FIELD_KEYS": f"1:{KEY}",
    "CITIZEN_PSEUDONYM_KEY": KEY,
    "CITIZEN_PUBLIC_URL": "https://city.example.org",
    "CITIZEN_SMS_URL": "https://sms.example.org/send",
    "CITIZEN_SMS_SECRET": "whsec_" + KEY,
}


def test_a_production_environment_is_accepted(tmp_path: Path) -> None:
    settings = load_settings({**PRODUCTION, "CITIZEN_DATA_DIR": str(tmp_path), "PATH": "/bin", "HOME": "/"})
    assert not settings.demo
    assert settings.database_url == f"sqlite:///{tmp_path / 'citizen.db'}"
    assert settings.field_keys[1] == base64.b64decode(KEY)


@pytest.mark.parametrize("missing", [name for name in PRODUCTION if "SMS" not in name and "URL" not in name])
def test_a_missing_secret_is_named(missing: str) -> None:
    with pytest.raises(SettingsRefused, match=missing) as refused:
        load_settings({name: value for name, value in PRODUCTION.items() if name != missing})
    assert "CITIZEN_DEMO=1" in str(refused.value).splitlines()[-1], "who only wants to look is told how"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CITIZEN_SECRET_KEYS", "short"),
        ("CITIZEN_SECRET_KEYS", "a" * 64),
        ("CITIZEN_FIELD_KEYS", "1:AAAA"),
        ("CITIZEN_FIELD_KEYS", KEY),
        ("CITIZEN_FIELD_KEYS", f"0:{KEY}"),
        ("CITIZEN_FIELD_KEYS", f"1:{KEY},1:{KEY}"),
        ("CITIZEN_PSEUDONYM_KEY", base64.b64encode(b"a" * 32).decode()),
        ("CITIZEN_PSEUDONYM_KEY", "%%%"),
        ("CITIZEN_DIVISION_CODE", "32"),
        ("CITIZEN_TIMEZONE", "Asia/Suqian"),
        ("CITIZEN_SMS_REGIONS", "CN,China"),
        ("CITIZEN_SMS_REGIONS", ""),
        ("CITIZEN_SMS_REGIONS", "CN,*"),
        ("CITIZEN_SMTP_URL", "mail.example.org:587"),
        ("CITIZEN_SMTP_URL", "smtp://user:secret@mail.example.org"),
        ("CITIZEN_SMTP_URL", "smtp://mail.example.org/inbox"),
        ("CITIZEN_SMTP_URL", "smtps://mail.example.org"),
        ("CITIZEN_SMTP_USER", "city"),
        ("CITIZEN_EMAIL_FROM", "city@example.org\r\nBcc: all@example.org"),
        ("CITIZEN_EMAIL_FROM", "city@example.org"),
        ("CITIZEN_WEBHOOK_NETWORKS", "10.20.0.1/16"),
        ("CITIZEN_WEBHOOK_NETWORKS", "internal"),
        ("CITIZEN_DATABASE_URL", "mysql://localhost/x"),
        ("CITIZEN_WORKERS", "0"),
        ("CITIZEN_WORKERS", "many"),
        ("CITIZEN_BIND", "8000"),
        ("CITIZEN_SERCET_KEYS", "misspelt"),
        ("CITIZEN_IDENTITY_PROVIDER", "http"),
        ("CITIZEN_IDENTITY_PROVIDER", "police"),
        ("CITIZEN_IDENTITY_URL", "http://register.example.org/check"),
        ("CITIZEN_IDENTITY_SECRET", "short"),
        ("CITIZEN_IDENTITY_SECONDS", "3.5"),
        ("CITIZEN_EID_URL", "https://eid.example.org/"),
        ("CITIZEN_PUBLIC_URL", "city.example.org"),
        ("CITIZEN_PUBLIC_URL", "ftp://city.example.org"),
        ("CITIZEN_PUBLIC_URL", "https://city.example.org/code"),
        ("CITIZEN_PUBLIC_URL", "https://city.example.org/?a=b"),
        ("CITIZEN_PUBLIC_URL", "https://user@city.example.org"),
        ("CITIZEN_PUBLIC_URL", "https://city.example.org:99999"),
        ("CITIZEN_PUBLIC_URL", "https://<script>"),
        ("CITIZEN_PUBLIC_URL", "https://市民码.example"),
        ("CITIZEN_PUBLIC_URL", "http://city.example.org"),
    ],
)
def test_a_wrong_value_is_refused_with_the_name_of_the_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsRefused, match=name) as refused:
        load_settings({**PRODUCTION, name: value})
    assert "CITIZEN_DEMO" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    ["https://register.example.org/check", "http://127.0.0.1:9/", "http://localhost:9/", "http://[::1]:9/"],
)
def test_names_and_numbers_travel_encrypted_or_not_at_all(url: str) -> None:
    chosen = {"CITIZEN_IDENTITY_PROVIDER": "http", "CITIZEN_IDENTITY_SECRET": "x1y2z3w4" * 4}
    assert load_settings({**PRODUCTION, **chosen, "CITIZEN_IDENTITY_URL": url}).identity_url == url


def test_outside_the_demo_nobody_confirms_names_unless_chosen(tmp_path: Path) -> None:
    assert load_settings(PRODUCTION).identity_provider == "none"
    demo = load_settings({"CITIZEN_DEMO": "1", "CITIZEN_DATA_DIR": str(tmp_path)})
    assert demo.identity_provider == "local"


def test_all_faults_are_reported_together() -> None:
    with pytest.raises(SettingsRefused) as refused:
        load_settings({"CITIZEN_WORKERS": "x", "CITIZEN_TIMEZONE": "x"})
    for name in ("CITIZEN_WORKERS", "CITIZEN_TIMEZONE", "CITIZEN_SECRET_KEYS"):
        assert name in str(refused.value)


@pytest.mark.parametrize("bind", ["0.0.0.0:8000", "192.168.1.5:8000", "[::]:8000", "city.example.org:443"])
def test_demo_runs_on_this_machine_only(bind: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="loopback"):
        load_settings({"CITIZEN_DEMO": "1", "CITIZEN_DATA_DIR": str(tmp_path), "CITIZEN_BIND": bind})


@pytest.mark.parametrize(
    ("bind", "loopback"),
    [
        ("127.0.0.1:80", True),
        ("127.1.2.3:80", True),
        ("[::1]:80", True),
        ("localhost:80", True),
        ("unix:/x", True),
        ("10.0.0.1:80", False),
    ],
)
def test_loopback_addresses(bind: str, loopback: bool) -> None:
    assert is_loopback(bind) is loopback


def test_demo_secrets_are_made_once_and_kept_private(tmp_path: Path) -> None:
    environ = {"CITIZEN_DEMO": "1", "CITIZEN_DATA_DIR": str(tmp_path / "new")}
    first, second = load_settings(environ), load_settings(environ)
    assert first.pseudonym_key == second.pseudonym_key
    assert (tmp_path / "new" / "demo-secrets.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"CITIZEN_WORKERS": "2"}, "SQLite runs as one process"),
        ({"CITIZEN_WORKERS": "2", "CITIZEN_DATABASE_URL": "postgresql://127.0.0.1/x"}, "CITIZEN_REDIS_URL"),
        ({"CITIZEN_SMS_URL": ""}, "SMS"),
        ({"CITIZEN_PUBLIC_URL": ""}, "CITIZEN_PUBLIC_URL"),
    ],
)
def test_settings_that_do_not_go_together(changes: dict[str, str], words: str) -> None:
    environ = {name: value for name, value in {**PRODUCTION, **changes}.items() if value}
    with pytest.raises(SettingsRefused, match=words):
        load_settings(environ)


def test_the_port_variable_moves_the_default_address(tmp_path: Path) -> None:
    assert load_settings({**PRODUCTION, "PORT": "8123"}).bind == "127.0.0.1:8123"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://City.Example.org/", "https://city.example.org"),
        ("https://city.example.org:8443", "https://city.example.org:8443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://xn--fiqs8s.example", "https://xn--fiqs8s.example"),
    ],
)
def test_the_public_address_is_kept_in_one_form(written: str, kept: str) -> None:
    assert load_settings({**PRODUCTION, "CITIZEN_PUBLIC_URL": written}).public_url == kept


def test_a_demo_city_is_reached_where_it_listens(tmp_path: Path) -> None:
    demo = {"CITIZEN_DEMO": "1", "CITIZEN_DATA_DIR": str(tmp_path)}
    assert load_settings({**demo, "PORT": "8123"}).public_url == "http://127.0.0.1:8123"
