"""Takes the pictures of docs/images/ from a demo city that it starts itself. `make images` calls it.

Needs Chromium. The city runs on a free loopback port with data in a temporary folder, both gone at the end.
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs/images"
START_SECONDS = 60.0


@contextmanager
def demo_city() -> Iterator[str]:
    """The address of a demo city in a process of its own."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        free.close()
        environ = {name: value for name, value in os.environ.items() if not name.startswith("CITIZEN_")}
        environ |= {
            "CITIZEN_DEMO": "1",
            "CITIZEN_DATA_DIR": folder,
            "CITIZEN_BIND": address,
            "CITIZEN_LOG_LEVEL": "WARNING",
        }
        for command in (("db", "upgrade"), ("demo", "load", "--json")):
            subprocess.run(
                [sys.executable, "-m", "flask", "--app", "wsgi", *command],
                cwd=ROOT,
                env=environ,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        server = subprocess.Popen([sys.executable, "-m", "gunicorn", "wsgi:app"], cwd=ROOT, env=environ)
        try:
            _wait_until_ready(f"http://{address}/readyz")
            yield f"http://{address}"
        finally:
            server.terminate()
            server.wait()


def _wait_until_ready(url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            if httpx.get(url).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    sys.exit("the demo city did not become ready")


def keep(page: Page, name: str) -> None:
    """Store what the page shows, in few colours so that the repository stays small."""
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(colors=128).save(IMAGES / f"{name}.png", optimize=True)
    print(f"docs/images/{name}.png")


def code_page(browser: Browser, address: str) -> str:
    """The citizen's phone with a code; the code's text is returned for the kiosk."""
    phone = browser.new_context(
        base_url=address,
        viewport={"width": 375, "height": 812},
        locale="zh-CN",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = phone.new_page()
    page.goto("/code")
    page.locator("[data-demo-phone]").first.click()
    expect(page.locator("#qr path")).to_have_count(1)
    keep(page, "code-page")
    page.locator("#copy").click()
    expect(page.locator("#announcement")).not_to_be_empty()
    return str(page.evaluate("navigator.clipboard.readText()"))


def green_gate(browser: Browser, address: str, code: str) -> None:
    """The kiosk at a gate that lets the citizen in."""
    page = browser.new_context(
        base_url=address, viewport={"width": 1024, "height": 768}, locale="zh-CN"
    ).new_page()
    page.goto("/kiosk")
    page.locator("[data-activation-path]").filter(has_text="骆马湖花园").click()
    page.locator("#kiosk-name:not(:empty)").wait_for()
    page.locator("#settings-done").click()
    page.locator("#typed").fill(code)
    page.locator("#typed-send").click()
    expect(page.locator("#result")).to_have_attribute("data-tone", "good")
    keep(page, "green-gate")
    page.locator("#typed").fill(code)  # used by now: something is refused on the dashboard
    page.locator("#typed-send").click()
    expect(page.locator("#result")).to_have_attribute("data-tone", "bad")


def console(browser: Browser, address: str) -> None:
    """The console of whoever runs the city's systems."""
    page = browser.new_context(
        base_url=address, viewport={"width": 1280, "height": 800}, locale="zh-CN"
    ).new_page()
    page.goto("/console/sign-in")
    page.locator('[data-demo-staff="system-demo"]').click()
    page.goto("/console/dashboard/")
    expect(page.locator("#by-minute canvas")).to_be_visible()
    page.wait_for_timeout(1_000)  # until the chart has grown
    keep(page, "console")


def main() -> None:
    chromium_path = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if chromium_path is None:
        sys.exit("no Chromium on this machine: install the package chromium")
    with demo_city() as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        code = code_page(browser, address)
        green_gate(browser, address, code)
        console(browser, address)
        browser.close()


if __name__ == "__main__":
    main()
