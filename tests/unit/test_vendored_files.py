"""The vendored front-end packages are what the lock says, and the check notices when they are not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tools.vendor import TEST_DIR, TEST_PACKAGES, main, problems

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "citizen_app" / "static" / "vendor"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the vendor folder that a test may spoil."""
    return Path(shutil.copytree(VENDOR, tmp_path / "vendor"))


def test_the_repository_matches_its_lock() -> None:
    assert problems(VENDOR) == []
    assert problems(TEST_DIR, TEST_PACKAGES) == []
    assert main(["check"]) == 0
    assert main(["check", "--directory", str(VENDOR)]) == 0


def test_one_changed_byte_is_found(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoilt = copy / "qr@0.7.0" / "index.js"
    content = bytearray(spoilt.read_bytes())
    content[len(content) // 2] ^= 1
    spoilt.write_bytes(content)
    assert main(["check", "--directory", str(copy)]) == 1
    assert "qr@0.7.0/index.js: differs from the lock" in capsys.readouterr().err


def test_a_missing_and_a_stray_file_are_found(copy: Path) -> None:
    (copy / "weui@2.6.26" / "weui.min.css").unlink()
    (copy / "weui@2.6.26" / "extra.js").write_text("")
    found = problems(copy)
    assert "weui@2.6.26/weui.min.css: missing" in found
    assert "weui@2.6.26/extra.js: not in the lock" in found


@pytest.mark.parametrize("folder", [VENDOR, TEST_DIR])
def test_every_package_carries_its_licence_and_its_integrity(folder: Path) -> None:
    lock = json.loads((folder / "vendor.lock.json").read_text(encoding="utf-8"))
    for package in lock["packages"]:
        assert package["licence"]
        assert package["integrity"].startswith("sha512-")
        assert any("LICENSE" in name for name in package["files"]), package["name"]
