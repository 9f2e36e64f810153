"""What people read of postings and orders: the kind, and the service's title. What was bought stands with the
service and in the citizen's own log, never here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.payments.accounts import Account, Kind
from citizen_app.payments.policies import CITY
from citizen_app.text import Text
from citizen_app.usage.titles import service_title

PURSE: Final = Text("钱包", "Purse")
KIND_TITLES: Final[Mapping[str, Text]] = {
    Kind.TOP_UP: Text("充值", "Top-up"),
    Kind.CHARGE: Text("付款", "Payment"),
    Kind.HOLD: Text("预留", "Set aside"),
    Kind.CAPTURE: Text("付款（预留款）", "Payment of what was set aside"),
    Kind.RELEASE: Text("预留解除", "Released"),
    Kind.REFUND: Text("退款", "Refund"),
    Kind.REPAY: Text("还款", "Repayment"),
    Kind.PAY_OUT: Text("取回", "Paid out"),
    Kind.RETURN: Text("取回未成，退回钱包", "Pay-out came back"),
}
ON_DEBT: Final = Text("付款（先用后付）", "Payment, to be repaid")
ORDER_TITLES: Final[Mapping[str, Text]] = {
    "top_up": Text("市民码钱包充值", "Citizen Code purse, top-up"),
    "pay_out": Text("市民码钱包取回", "Citizen Code purse, pay-out"),
}
ORDER_STATES: Final[Mapping[str, Text]] = {
    "asked": Text("正在准备", "Being prepared"),
    "pending": Text("等待付款", "Waiting for payment"),
    "failed": Text("没有完成", "Not completed"),
    "paid": Text("已完成", "Completed"),
}
DIFFERENCES: Final[Mapping[str, Text]] = {
    "unknown": Text("支付机构有、本市没有的付款", "Paid at the provider, never asked for here"),
    "missing": Text("本市记为已付、支付机构的文件里没有", "Paid here, and not in the provider's file"),
    "amount": Text("金额不一致", "Another amount"),
    "state": Text("结果不一致", "Another end"),
}
STATE_TITLES: Final[Mapping[str, Text]] = {
    "open": Text("可用", "Open"),
    "frozen": Text("已冻结", "Frozen"),
    "closed": Text("已关闭", "Closed"),
}


def whose(service: str) -> Text:
    """The title of a posting's service."""
    return PURSE if service == CITY else service_title(service)


def kind_title(kind: str, source: str) -> Text:
    """What a posting is called."""
    return ON_DEBT if kind == Kind.CHARGE and source == Account.DEBT else KIND_TITLES[kind]


def order_title(kind: str, service: str) -> Text:
    """What the provider reads."""
    return ORDER_TITLES.get(kind) or service_title(service)
