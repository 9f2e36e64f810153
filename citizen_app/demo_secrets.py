"""Secrets of a demo installation, which makes them by itself."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Final

FILE: Final = "demo-secrets.json"


def demo_secrets(data_dir: Path) -> dict[str, str]:
    """Secrets of a demo installation: made at random once, kept readable by the owner only."""
    path = data_dir / FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = {
            "secret_keys": secrets.token_urlsafe(48),
            "field_keys": "1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
            "pseudonym_key": base64.b64encode(secrets.token_bytes(32)).decode(),
        }
        temporary = data_dir / f"demo-secrets.{os.getpid()}"
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(made, file)
        try:
            os.link(temporary, path)  # the first of two concurrent starts wins, the other reads its file
        except FileExistsError:
            pass
        temporary.unlink()
    stored: dict[str, str] = json.loads(path.read_text())
    return stored
