"""Front-end packages that live in the repository: fetch them once, check them always.

    python tools/vendor.py fetch    npm pack, verify its integrity, copy the listed files, write the lock
    python tools/vendor.py check    offline: every file equals the lock, nothing missing, nothing extra

`fetch` asks whatever registry the machine's own `npm` client is set to; `check` needs nothing but this file.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENDOR_DIR = ROOT / "citizen_app" / "static" / "vendor"
TEST_DIR = ROOT / "tests" / "browser" / "vendor"
"""What only the tests load; it never reaches an installation."""
LOCK_NAME = "vendor.lock.json"


@dataclass(frozen=True)
class Package:
    """One npm package we carry: which version, under which licence, and which of its files."""

    name: str
    version: str
    licence: str
    files: tuple[str, ...]
    """Paths inside the package, or `path/in/package -> name/here` where the file moves."""

    @property
    def folder(self) -> str:
        """Folder below the vendor directory; the version in it makes every file immutable."""
        return f"{self.name}@{self.version}"

    def copies(self) -> list[tuple[str, str]]:
        """Pairs of (path inside the package, path inside our folder)."""
        pairs = []
        for entry in self.files:
            source, _, target = entry.partition(" -> ")
            pairs.append((source, target or source))
        return pairs


PACKAGES = (
    Package("bootstrap", "5.3.9", "MIT", ("dist/css/bootstrap.min.css -> bootstrap.min.css", "LICENSE")),
    Package(
        "echarts",
        "6.1.0",
        "Apache-2.0",
        ("dist/echarts.simple.min.js -> echarts.simple.min.js", "LICENSE", "NOTICE"),
    ),
    Package("htmx.org", "2.0.11", "0BSD", ("dist/htmx.min.js -> htmx.min.js", "LICENSE")),
    Package("qr", "0.7.0", "MIT OR Apache-2.0", ("index.js", "LICENSE", "LICENSE-MIT")),
    Package(
        "swagger-ui-dist",
        "5.35.0",
        "Apache-2.0",
        ("swagger-ui-bundle.js", "swagger-ui.css", "swagger-ui-bundle.js.LICENSE.txt", "LICENSE", "NOTICE"),
    ),
    Package("weui", "2.6.26", "MIT", ("dist/style/weui.min.css -> weui.min.css", "LICENSE.txt")),
    Package(
        "zxing-wasm",
        "3.1.4",
        "MIT AND Apache-2.0",  # the wasm file is compiled from zxing-cpp, which is Apache-2.0
        (
            "dist/es/reader/index.js -> es/reader/index.js",
            "dist/es/share.js -> es/share.js",
            "dist/reader/zxing_reader.wasm -> zxing_reader.wasm",
            "LICENSE",
        ),
    ),
)

TEST_PACKAGES = (
    Package("axe-core", "4.14.1", "MPL-2.0", ("axe.min.js", "LICENSE", "LICENSE-3RD-PARTY.txt")),
)
CARRIED = {VENDOR_DIR: PACKAGES, TEST_DIR: TEST_PACKAGES}


class VendorError(Exception):
    """A package that cannot be trusted or a file that is not what the lock says; the text is for people."""


def digest(content: bytes, algorithm: str) -> str:
    """Subresource-integrity form of a hash, such as `sha384-…` (W3C SRI)."""
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def read_lock(directory: Path) -> dict[str, Any]:
    """The lock as written by `fetch`; an empty one where there is none yet."""
    path = directory / LOCK_NAME
    if not path.exists():
        return {"packages": []}
    lock: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return lock


def problems(directory: Path, packages: tuple[Package, ...] = PACKAGES) -> list[str]:
    """Everything in which `directory` differs from its lock, one sentence each; empty when all is well."""
    found = []
    expected: dict[str, str] = {}
    for package in read_lock(directory)["packages"]:
        for name, integrity in package["files"].items():
            expected[f"{package['name']}@{package['version']}/{name}"] = integrity
    wanted = {package.folder for package in packages}
    locked = {name.split("/", 1)[0] for name in expected}
    found += [f"{folder}: wanted, but not in the lock; run fetch" for folder in sorted(wanted - locked)]
    found += [f"{folder}: in the lock, but no longer wanted; run fetch" for folder in sorted(locked - wanted)]
    for name, integrity in sorted(expected.items()):
        path = directory / name
        if not path.is_file():
            found.append(f"{name}: missing")
        elif digest(path.read_bytes(), "sha384") != integrity:
            found.append(f"{name}: differs from the lock")
    present = {path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()}
    found += [f"{name}: not in the lock" for name in sorted(present - expected.keys() - {LOCK_NAME})]
    return found


def npm(*arguments: str, cwd: Path) -> str:
    """Standard output of one npm call; `VendorError` when it fails."""
    try:
        done = subprocess.run(["npm", *arguments], cwd=cwd, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise VendorError("npm is not installed; only `fetch` needs it") from None
    if done.returncode:
        raise VendorError(f"npm {' '.join(arguments)} failed: {done.stderr.strip()[-400:]}")
    return done.stdout


def fetch_package(package: Package, directory: Path, known_integrity: str | None) -> dict[str, Any]:
    """Copy one package's files below `directory`; returns its lock entry.

    The tarball must match what the registry declares and, for a version we already carry, what the lock says.
    """
    wanted = f"{package.name}@{package.version}"
    with tempfile.TemporaryDirectory() as scratch:
        declared = npm("view", wanted, "dist.integrity", cwd=Path(scratch)).strip()
        npm("pack", wanted, cwd=Path(scratch))
        tarball = next(Path(scratch).glob("*.tgz"))
        content = tarball.read_bytes()
        actual = digest(content, declared.split("-", 1)[0])
        if actual != declared:
            raise VendorError(f"{wanted}: the package is not what the registry declares")
        if known_integrity not in (None, actual):
            raise VendorError(f"{wanted}: the package changed under the same version")
        files = copy_files(package, tarball, directory / package.folder)
    return {
        "name": package.name,
        "version": package.version,
        "licence": package.licence,
        "integrity": actual,
        "files": files,
    }


def copy_files(package: Package, tarball: Path, target: Path) -> dict[str, str]:
    """Write the listed files of `tarball` below `target`; returns their sha384 by name."""
    files = {}
    with tarfile.open(tarball) as archive:
        for source, name in package.copies():
            member = archive.extractfile(f"package/{source}")
            if member is None:
                raise VendorError(f"{package.folder}: {source} is not a file")
            content = member.read()
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            files[name] = digest(content, "sha384")
    return dict(sorted(files.items()))


def fetch(directory: Path, packages: tuple[Package, ...] = PACKAGES) -> None:
    """Fetch every package, remove what is no longer listed, write the lock."""
    known = {
        f"{entry['name']}@{entry['version']}": entry["integrity"]
        for entry in read_lock(directory)["packages"]
    }
    entries = [fetch_package(package, directory, known.get(package.folder)) for package in packages]
    text = json.dumps({"packages": entries}, indent=2, ensure_ascii=False) + "\n"
    directory.mkdir(parents=True, exist_ok=True)
    (directory / LOCK_NAME).write_text(text, encoding="utf-8")
    remove_strays(directory, entries)


def remove_strays(directory: Path, entries: list[dict[str, Any]]) -> None:
    """Delete files below `directory` that no entry lists, and folders left empty."""
    kept = {f"{entry['name']}@{entry['version']}/{name}" for entry in entries for name in entry["files"]}
    for path in sorted(directory.rglob("*"), reverse=True):
        name = path.relative_to(directory).as_posix()
        if path.is_file() and name not in kept | {LOCK_NAME}:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def main(arguments: list[str] | None = None) -> int:
    """Command line; 0 when all is well, 1 when something differs or cannot be fetched."""
    parser = argparse.ArgumentParser(description="Vendored front-end packages.")
    parser.add_argument("command", choices=("fetch", "check"))
    parser.add_argument("--directory", type=Path, help="instead of the two folders of this repository")
    options = parser.parse_args(arguments)
    carried = {options.directory: PACKAGES} if options.directory else CARRIED
    try:
        if options.command == "fetch":
            for directory, packages in carried.items():
                fetch(directory, packages)
    except VendorError as error:
        print(error, file=sys.stderr)
        return 1
    found = [line for directory, packages in carried.items() for line in problems(directory, packages)]
    for line in found:
        print(line, file=sys.stderr)
    if not found:
        print(f"{sum(map(len, carried.values()))} packages match {LOCK_NAME}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
