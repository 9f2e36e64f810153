"""A running demo city, real Chromiums, and a watch that no page breaks the content security policy."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    StorageState,
    expect,
    sync_playwright,
)

from citizen_app.toolkit.testing import is_required
from tests.browser.running import running_city

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
)
PATIENCE = 15_000  # milliseconds a page may take on a busy machine
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser is a process."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.processes)


@dataclass
class Watch:
    """Collects what a page must not do; `expected` are parts of console errors that a test provokes on
    purpose."""

    expected: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def guard(self, context: BrowserContext) -> None:
        """Listen to everything that happens in a browser context."""
        context.expose_function("reportViolation", lambda text: self.seen.append(f"violation: {text}"))
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.seen.append(f"error: {error.error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(part in message.text for part in self.expected):
            self.seen.append(f"console: {message.text}")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The system's Chromium; skipped without one, unless `CITIZEN_REQUIRE` names it."""
    for name in CHROMIUM_NAMES:
        path = shutil.which(name)
        if path:
            return path
    message = "no Chromium on this machine: install the package chromium to run the browser tests"
    if is_required("chromium"):
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def city(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a demo city with one small service of our own, on a free loopback port."""
    services = str(Path(__file__).parent / "city_services")
    with running_city(tmp_path_factory.mktemp("city"), CITIZEN_SERVICES_DIR=services) as running:
        yield running.address


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """Playwright itself."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(driver: Playwright, chromium_path: str) -> Iterator[Browser]:
    """One Chromium for all tests; each test has contexts of its own."""
    chromium = driver.chromium.launch(executable_path=chromium_path, args=list(QUIET))
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def activated_kiosk(browser: Browser, city: str) -> StorageState:
    """What a browser keeps once it is the kiosk at the desk; activated once, as activations are limited."""
    context = browser.new_context(base_url=city)
    page = context.new_page()
    page.goto("/kiosk")
    page.locator("[data-activation-path]").filter(has_text="阅览室一号机").click()
    page.locator("#kiosk-name:not(:empty)").wait_for()
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test on any violation of the policy and on any console error that it did not expect."""
    collected = Watch()
    yield collected
    assert collected.seen == []


@pytest.fixture
def expect_error(watch: Watch) -> Callable[[str], None]:
    """Announce a part of a console error that the test is about to provoke."""
    return watch.expected.append


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, city: str, watch: Watch) -> Iterator[OpenPage]:
    """`open_page(path, width=375, height=812, locale="zh-CN", kept=None, time_zone=None)`: a page in a fresh
    context, watched; `more` is for the context."""
    contexts: list[BrowserContext] = []

    def opened(
        path: str,
        width: int = 375,
        height: int = 812,
        locale: str = "zh-CN",
        kept: StorageState | None = None,
        time_zone: str | None = None,
        **more: Any,
    ) -> Page:
        context = browser.new_context(
            base_url=city,
            viewport={"width": width, "height": height},
            locale=locale,
            storage_state=kept,
            timezone_id=time_zone,
            permissions=["clipboard-read", "clipboard-write"],
            **more,
        )
        contexts.append(context)
        watch.guard(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def kiosk(open_page: OpenPage, activated_kiosk: StorageState) -> Page:
    """The kiosk page on a tablet, activated and ready."""
    page = open_page("/kiosk", width=1024, height=768, kept=activated_kiosk)
    page.locator("#kiosk-name:not(:empty)").wait_for()
    return page


@pytest.fixture
def open_camera_kiosk(
    driver: Playwright,
    chromium_path: str,
    city: str,
    watch: Watch,
    tmp_path: Path,
    activated_kiosk: StorageState,
) -> Iterator[Callable[[bytes], Page]]:
    """`open_camera_kiosk(png)`: the kiosk page in a Chromium of its own whose camera sees the picture."""
    browsers: list[Browser] = []

    def opened(png: bytes) -> Page:
        film = tmp_path / "camera.mjpeg"
        film.write_bytes(_frame(png) * 10)
        chromium = driver.chromium.launch(
            executable_path=chromium_path,
            args=[
                *QUIET,
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-video-capture={film}",
            ],
        )
        browsers.append(chromium)
        context = chromium.new_context(
            base_url=city,
            viewport={"width": 1024, "height": 768},
            locale="zh-CN",
            storage_state=activated_kiosk,
        )
        watch.guard(context)
        page = context.new_page()
        page.goto("/kiosk")
        return page

    yield opened
    for chromium in browsers:
        chromium.close()


def _frame(png: bytes) -> bytes:
    """One JPEG frame of 1280x720: the picture held before a grey wall."""
    picture = Image.open(io.BytesIO(png)).convert("RGB").resize((560, 560))
    frame = Image.new("RGB", (1280, 720), (176, 176, 172))
    frame.paste(picture, (360, 80))
    written = io.BytesIO()
    frame.save(written, "JPEG", quality=90)
    return written.getvalue()
