"""The code page: signing in, the picture, the countdown, lost connections."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, Route, expect


def sign_in(page: Page) -> Page:
    page.locator("[data-demo-phone]").first.click()
    expect(page.locator("#qr path")).to_have_count(1)
    return page


def test_phone_and_otp_open_the_page(open_page: Callable[..., Page]) -> None:
    page = open_page("/code")
    phone = page.locator("[data-demo-phone]").first.get_attribute("data-demo-phone")
    assert phone
    page.locator("#phone").fill(phone)
    page.locator("#phone-form button").click()
    page.locator("#otp").fill("000000")
    page.locator("#otp-form button[type=submit]").click()
    expect(page.locator("#citizen-name")).to_have_text(re.compile(r"\*"))


def test_a_wrong_otp_is_told_in_words(
    open_page: Callable[..., Page], expect_error: Callable[[str], None]
) -> None:
    expect_error("401")
    page = open_page("/code")
    page.locator("#phone").fill("13912345678")
    page.locator("#phone-form button").click()
    page.locator("#otp").fill("111111")
    page.locator("#otp-form button[type=submit]").click()
    expect(page.locator("#sign-in-trouble")).to_contain_text("再输一次")
    expect(page.locator("#otp-form")).to_be_visible()


def test_another_otp_may_be_asked_for_after_a_pause(open_page: Callable[..., Page]) -> None:
    page = open_page("/code")
    page.clock.install()
    page.locator("#phone").fill("138 0000 0002")
    page.locator("#phone-form button").click()
    again = page.locator("#otp-again")
    expect(again).to_be_disabled()
    expect(again).to_have_text(re.compile(r"^\d+ 秒后可重新发送$"))
    page.clock.fast_forward(61_000)
    expect(again).to_be_enabled()
    again.click()
    expect(page.locator("#otp-sent")).to_contain_text("新的验证码已发往 13800000002")
    expect(again).to_be_disabled()
    page.locator("#otp").fill("000000")
    page.locator("#otp-form button[type=submit]").click()
    expect(page.locator("#citizen-name")).to_have_text(re.compile(r"\*"))


def test_the_pause_is_as_long_as_the_server_says(
    open_page: Callable[..., Page], expect_error: Callable[[str], None]
) -> None:
    expect_error("429")
    page = open_page("/code")
    page.clock.install()
    page.locator("#phone").fill("13800000002")
    page.locator("#phone-form button").click()
    again = page.locator("#otp-again")
    expect(again).to_be_disabled()
    page.clock.fast_forward(61_000)
    page.route("**/auth/challenges", lambda route: route.fulfill(status=429, headers={"Retry-After": "900"}))
    again.click()
    expect(page.locator("#sign-in-trouble")).not_to_be_empty()
    page.clock.fast_forward(600_000)
    expect(again).to_be_disabled()
    page.clock.fast_forward(301_000)
    expect(again).to_be_enabled()


def test_a_message_that_is_not_sent_is_not_promised(open_page: Callable[..., Page]) -> None:
    page = open_page("/code")
    page.clock.install()
    page.locator("#phone").fill("13800000002")
    page.locator("#phone-form button").click()
    expect(page.locator("#otp-again")).to_be_disabled()
    page.clock.fast_forward(61_000)
    nothing = {
        "challenge_id": "01a200a3-a9a6-72a5-a0c0-ba380876552b",
        "expires_at": "2026-11-28T10:10:00.000Z",
        "sent": False,
        "next_message_at": "2026-11-28T10:50:00.000Z",
        "server_time": "2026-11-28T10:00:00.000Z",
    }
    page.route("**/auth/challenges", lambda route: route.fulfill(status=202, json=nothing))
    page.locator("#otp-again").click()
    expect(page.locator("#sign-in-trouble")).to_contain_text("约 50 分钟后可再发送")
    expect(page.locator("#otp-sent")).not_to_contain_text("新的验证码")
    expect(page.locator("#otp-again")).to_have_text(re.compile(r"^(3000|299\d) 秒后可重新发送$"))
    page.locator("#otp").fill("000000")
    page.locator("#otp-form button[type=submit]").click()
    expect(page.locator("#citizen-name")).to_have_text(re.compile(r"\*"))


def test_the_demo_says_where_each_otp_is(open_page: Callable[..., Page]) -> None:
    page = open_page("/code")
    expect(page.locator("#sign-in")).to_contain_text("其他号码的验证码请看启动演示的终端")


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "不是电话号码；请写成 13800138000 或 +8613800138000"), ("en", "not a phone number; write it as")],
)
def test_a_wrong_phone_is_told_in_the_servers_words(
    open_page: Callable[..., Page], expect_error: Callable[[str], None], language: str, said: str
) -> None:
    expect_error("422")
    page = open_page(f"/code?lang={language}")
    page.locator("#phone").fill("123")
    page.locator("#phone-form button").click()
    expect(page.locator("#sign-in-trouble")).to_contain_text(said)


def test_the_picture_is_large_readable_and_dense_as_promised(open_page: Callable[..., Page]) -> None:
    page = sign_in(open_page("/code"))
    picture = page.locator("#qr")
    box = picture.bounding_box()
    assert box is not None
    modules = int((picture.get_attribute("viewBox") or "").split()[2])
    assert modules <= 45 + 8, "at most QR version 7 with a quiet zone of four modules"
    assert box["width"] * (modules - 8) / modules >= 0.6 * 375
    image = Image.open(BytesIO(picture.screenshot()))
    found = zxingcpp.read_barcodes(image)
    assert len(found) == 1
    assert found[0].text.startswith("CC1:")
    page.locator("#copy").click()
    assert page.evaluate("navigator.clipboard.readText()") == found[0].text


def test_the_session_outlives_a_reload_and_ends_on_request(open_page: Callable[..., Page]) -> None:
    page = sign_in(open_page("/code"))
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert cookies["citizen"]["httpOnly"] is True
    assert cookies["citizen"]["sameSite"] == "Strict"
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.reload()
    expect(page.locator("#qr path")).to_have_count(1)
    page.locator("#sign-out").click()
    expect(page.locator("#sign-in")).to_be_visible()
    page.reload()
    expect(page.locator("#sign-in")).to_be_visible()


def test_a_refresh_by_hand_draws_another_code_and_says_so(open_page: Callable[..., Page]) -> None:
    page = sign_in(open_page("/code"))
    before = page.locator("#qr path").get_attribute("d")
    page.locator("#refresh").click()
    expect(page.locator("#announcement")).to_have_text("二维码已更新")
    assert page.locator("#qr path").get_attribute("d") != before
    expect(page.locator("[role=timer]")).to_have_text(re.compile(r"^\d+ 秒后刷新$"))


def test_without_network_the_code_says_what_to_do_and_comes_back(
    open_page: Callable[..., Page], expect_error: Callable[[str], None]
) -> None:
    expect_error("Failed to load resource")
    page = open_page("/code")
    page.clock.install()
    sign_in(page)
    page.context.set_offline(True)
    page.clock.fast_forward(31_000)
    expect(page.locator("#card-trouble")).to_contain_text("网络不通")
    expect(page.locator("#void-note")).to_be_hidden()  # still good: one step of skew
    page.clock.fast_forward(31_000)
    expect(page.locator("#void-note")).to_be_visible()
    page.context.set_offline(False)
    page.clock.fast_forward(4_000)
    expect(page.locator("#void-note")).to_be_hidden()
    expect(page.locator("#card-trouble")).to_be_empty()


def test_a_session_that_ended_elsewhere_leads_to_the_sign_in(
    open_page: Callable[..., Page], expect_error: Callable[[str], None]
) -> None:
    expect_error("401")
    page = sign_in(open_page("/code"))
    other = page.context.new_page()
    other.goto("/code")
    other.locator("#sign-out").click()
    expect(other.locator("#sign-in")).to_be_visible()
    page.bring_to_front()
    expect(page.locator("#sign-in")).to_be_visible()
    expect(page.locator("#sign-in-trouble")).to_have_text("您已退出登录，请重新登录。")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2500)
    assert asked == [], "nothing is asked for a citizen who is gone"


def test_the_code_is_in_sight_after_a_tap_far_down(open_page: Callable[..., Page]) -> None:
    page = open_page("/code?elder=largest")
    page.locator("[data-demo-phone]").last.click()
    expect(page.locator("#qr path")).to_have_count(1)
    assert page.evaluate("window.scrollY") == 0


def test_another_sites_page_cannot_touch_the_session(open_page: Callable[..., Page]) -> None:
    page = sign_in(open_page("/code"))
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {}):
        answer = page.context.request.post("/session/refresh", headers=headers)
        assert answer.status == 403
        assert answer.json()["type"] == "/problems/cross-site"


def test_a_number_that_may_have_passed_on_is_asked_for_the_document(
    open_page: Callable[..., Page], expect_error: Callable[[str], None]
) -> None:
    """The server's first answers are played; what the page sends, and what it shows, is its own."""
    expect_error("401")
    sent: list[dict[str, object]] = []
    page = open_page("/code")

    def answer(route: Route) -> None:
        body = route.request.post_data_json
        sent.append(body)
        if body.get("new_account"):
            route.continue_(post_data=json.dumps({k: body[k] for k in ("challenge_id", "otp")}))
            return
        left = 3 - len(sent) + 1
        problem = {"type": "/problems/identity-proof-required", "detail": f"left {left}", "tries_left": left}
        route.fulfill(status=401, content_type="application/problem+json", body=json.dumps(problem))

    page.route("**/session", answer)
    page.locator("[data-demo-phone]").first.click()
    expect(page.locator("#proof-words")).to_have_text("left 3")
    for tries in (2, 1, 0):
        page.locator("#id-suffix").fill("002x")
        page.locator("#prove").click()
        expect(page.locator("#sign-in-trouble")).to_have_text(f"left {tries}")
    expect(page.locator("#prove")).to_be_hidden()
    page.locator("#not-mine").click()
    expect(page.locator("#qr path")).to_have_count(1)
    assert [body.get("id_suffix") for body in sent] == [None, "002x", "002x", "002x", None]
    assert sent[-1]["new_account"] is True
    assert len({body["challenge_id"] for body in sent}) == 1, "the same call is completed"
