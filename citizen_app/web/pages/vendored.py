"""Vendored front-end files in templates: address and integrity, both from the lock that `tools/vendor.py`
writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import current_app, url_for

LOCK_PATH = Path("vendor") / "vendor.lock.json"


@dataclass(frozen=True)
class VendoredFile:
    """One file of a vendored package, ready for `href`/`src` and `integrity` (W3C Subresource Integrity)."""

    url: str
    integrity: str


@cache
def _lock(static_folder: str) -> dict[str, tuple[str, dict[str, str]]]:
    """Version and files (name to integrity) of each package, by package name."""
    lock = json.loads((Path(static_folder) / LOCK_PATH).read_text(encoding="utf-8"))
    return {package["name"]: (package["version"], package["files"]) for package in lock["packages"]}


def vendored(package: str, file: str) -> VendoredFile:
    """The vendored `file` of `package`; `KeyError` for one that is not in the lock, so a page cannot ship
    without it."""
    assert current_app.static_folder is not None
    version, files = _lock(current_app.static_folder)[package]
    path = f"vendor/{package}@{version}/{file}"
    return VendoredFile(url_for("static", filename=path), files[file])
