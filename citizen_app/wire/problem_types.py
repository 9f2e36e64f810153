"""Every error the API can give, in one place.

The catalogue is closed. A type's slug is part of the API (`/problems/<slug>`); its words may improve.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from citizen_app.text import Text


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One kind of error: what it is called, and what the reader can do."""

    slug: str
    status: int
    title: Text
    detail: Text


def _catalogue(*types: ProblemType) -> dict[str, ProblemType]:
    return {kind.slug: kind for kind in types}


TYPES: Final = _catalogue(
    ProblemType(
        "bad-request",
        400,
        Text("请求无法读懂", "Bad request"),
        Text("请按接口文档检查请求。", "Check the request against the API document."),
    ),
    ProblemType(
        "sign-in-required",
        401,
        Text("需要登录", "Sign-in required"),
        Text("请先登录，再带上有效的令牌重试。", "Sign in and send a valid bearer token."),
    ),
    ProblemType(
        "sign-in-refused",
        401,
        Text("登录未成功", "Sign-in refused"),
        Text(
            "验证信息不正确或已失效，请重新获取后再试。",
            "The credentials are wrong or no longer valid; request new ones and try again.",
        ),
    ),
    ProblemType(
        "identity-proof-required",
        401,
        Text("请证明账户是您的", "Prove that the account is yours"),
        Text(
            "这个号码的账户很久没有使用。请输入账户证件号码的最后 4 至 6 位，或选择“这不是我的账户”。",
            "Nobody has used the account of this number for long. Give the last 4 to 6 characters of the account's document, or say that it is not yours.",
        ),
    ),
    ProblemType(
        "reauthentication-required",
        401,
        Text("需要重新验证", "Sign in again to go on"),
        Text(
            "此操作需要刚刚验证过本人：请获取短信验证码并重新验证。",
            "This needs somebody who has just signed in: have a code sent and confirm it.",
        ),
    ),
    ProblemType(
        "payment-required",
        402,
        Text("需要付款", "Payment required"),
        Text("余额不足，请先充值。", "There is not enough money in the purse: top it up first."),
    ),
    ProblemType(
        "assurance-too-low",
        403,
        Text("需要更高等级的实名认证", "Stronger identification needed"),
        Text("请先完成实名认证。", "Verify your real name first."),
    ),
    ProblemType(
        "consent-missing",
        403,
        Text("尚未同意", "Consent missing"),
        Text("请先同意此服务使用所需的信息。", "First agree to what this service needs to see."),
    ),
    ProblemType(
        "not-permitted",
        403,
        Text("没有权限", "Not permitted"),
        Text("您的账号或设备无权进行此操作。", "Your account or device may not do this."),
    ),
    ProblemType(
        "pin-refused",
        403,
        Text("PIN 不对", "Wrong PIN"),
        Text("请重新输入，或请管理员重设。", "Enter it again, or ask an operator to set a new one."),
    ),
    ProblemType(
        "presence-required",
        403,
        Text("须本人在场", "The person must be present"),
        Text(
            "请先核验本人在场：扫市民码、短信验证码，或由两位工作人员查验证件。",
            "First prove that the person is present: by their code, a code sent to their phone, or a document before two clerks.",
        ),
    ),
    ProblemType(
        "account-suspended",
        403,
        Text("账号已停用", "Account suspended"),
        Text("请到服务窗口咨询。", "Please ask at a service counter."),
    ),
    ProblemType(
        "cross-site",
        403,
        Text("跨站请求被拒绝", "Cross-site request refused"),
        Text("请从本站页面操作。", "Please use the pages of this site."),
    ),
    ProblemType(
        "demo-loopback-only",
        403,
        Text("演示模式仅限本机访问", "Demo mode is for this machine only"),
        Text(
            "演示模式使用公开口令，请在本机打开，或按运维手册正式部署。",
            "Demo mode has public passwords: open it on this machine, or deploy as docs/operating.md says.",
        ),
    ),
    ProblemType(
        "not-found",
        404,
        Text("没有找到", "Not found"),
        Text("地址有误，或内容不存在。", "The address is wrong, or there is nothing here."),
    ),
    ProblemType(
        "method-not-allowed",
        405,
        Text("不支持此方法", "Method not allowed"),
        Text("请查看 Allow 响应头中的可用方法。", "See the Allow header for the methods of this address."),
    ),
    ProblemType(
        "not-acceptable",
        406,
        Text("无法提供所需格式", "Not acceptable"),
        Text("请在 Accept 中写明可用的格式。", "Ask in Accept for a format that this address offers."),
    ),
    ProblemType(
        "request-timeout",
        408,
        Text("请求发送太慢", "Request timeout"),
        Text(
            "请求没有及时发完，请检查网络后重试。",
            "The request did not arrive in time; check the network and try again.",
        ),
    ),
    ProblemType(
        "conflict",
        409,
        Text("与现状冲突", "Conflict"),
        Text("请刷新后再试。", "Fetch the present state and try again."),
    ),
    ProblemType(
        "identity-not-confirmed",
        409,
        Text("未能核实身份", "Identity not confirmed"),
        Text(
            "请核对姓名和证件号码；仍不成功，请携带证件到服务窗口办理。",
            "Look at the name and the number again; if they are right, come to a service counter with the document.",
        ),
    ),
    ProblemType("gone", 410, Text("已失效", "Gone"), Text("请重新开始。", "Please start again.")),
    ProblemType(
        "body-too-large",
        413,
        Text("请求过大", "Body too large"),
        Text("请减小或分批发送。", "Send less at a time, or in several parts."),
    ),
    ProblemType(
        "address-too-long",
        414,
        Text("网址过长", "Address too long"),
        Text(
            "请缩短网址；较长的内容请放在请求体里发送。",
            "Shorten the address; send what is long in the body.",
        ),
    ),
    ProblemType(
        "unsupported-media-type",
        415,
        Text("不支持的格式", "Unsupported media type"),
        Text("请以 application/json 发送。", "Send application/json."),
    ),
    ProblemType(
        "expectation-failed",
        417,
        Text("无法满足 Expect 的要求", "Expectation failed"),
        Text("Expect 请求头只支持 100-continue。", "The header Expect may only say 100-continue."),
    ),
    ProblemType(
        "invalid-input",
        422,
        Text("输入有误", "Invalid input"),
        Text("请改正所列各项。", "Correct the fields listed under errors."),
    ),
    ProblemType(
        "idempotency-conflict",
        422,
        Text("编号已被使用", "Identifier already used"),
        Text(
            "同一编号的请求内容不同，请使用新的编号。",
            "This identifier was used with another body; use a new one.",
        ),
    ),
    ProblemType(
        "too-many-requests",
        429,
        Text("请求过于频繁", "Too many requests"),
        Text("请稍后再试，见 Retry-After。", "Wait as long as Retry-After says."),
    ),
    ProblemType(
        "pin-locked",
        429,
        Text("PIN 已锁定", "PIN locked"),
        Text("请稍后再试，或由管理员重设。", "Wait, or ask an operator to set a new one."),
    ),
    ProblemType(
        "headers-too-large",
        431,
        Text("请求头过大", "Request headers too large"),
        Text(
            "请减少或缩短请求头；浏览器请清除本站 Cookie 后重试。",
            "Send fewer or shorter headers; in a browser, clear this site's cookies.",
        ),
    ),
    ProblemType(
        "internal-error",
        500,
        Text("系统出错", "Internal error"),
        Text(
            "已记录，请稍后再试；如仍出现请提供请求编号。",
            "It has been recorded. Try again later; if it stays, quote the request id.",
        ),
    ),
    ProblemType(
        "not-implemented",
        501,
        Text("不支持的传输编码", "Not implemented"),
        Text("Transfer-Encoding 只支持 chunked。", "The header Transfer-Encoding may only say chunked."),
    ),
    ProblemType(
        "provider-failed",
        502,
        Text("对方系统出错", "The other side failed"),
        Text(
            "对方系统的回答无法使用，请稍后再试。",
            "Another system gave an answer that cannot be used; try again later.",
        ),
    ),
    ProblemType(
        "unavailable",
        503,
        Text("暂时无法服务", "Temporarily unavailable"),
        Text("请稍后再试。", "Please try again shortly."),
    ),
    ProblemType(
        "service-disabled",
        503,
        Text("该服务已停用", "Service disabled"),
        Text(
            "该服务暂未开放，请到窗口办理。", "This service is switched off at present; a counter can help."
        ),
    ),
    ProblemType(
        "version-not-supported",
        505,
        Text("不支持的 HTTP 版本", "HTTP version not supported"),
        Text("请使用 HTTP/1.1。", "Use HTTP/1.1."),
    ),
    ProblemType(
        "storage-full",
        507,
        Text("存储空间不足", "Storage is full"),
        Text("本次操作未被保存，请稍后再试。", "Nothing of this request was stored; please try again later."),
    ),
)

BY_STATUS: Final[Mapping[int, str]] = {kind.status: kind.slug for kind in reversed(TYPES.values())}
"""What a bare status means: the first of its kind in the catalogue."""
