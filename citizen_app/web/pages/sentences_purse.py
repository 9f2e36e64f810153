"""Sentences of the purse's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.text import Text

PURSE: Final[Mapping[str, Text]] = {
    "purse.title": Text("我的钱包", "My purse"),
    "purse.balance": Text("余额", "Balance"),
    "purse.held": Text("已预留", "Set aside"),
    "purse.owed": Text("待还", "To be repaid"),
    "purse.yuan": Text("{amount} 元", "¥{amount}"),
    "purse.frozen": Text("钱包已冻结，不能付款", "The purse is frozen: nothing is paid from it"),
    "purse.frozen_hint": Text(
        "退款仍会退回钱包。找回手机后可解冻。",
        "Refunds still come in. Release it once you have your phone back.",
    ),
    "purse.closed": Text("钱包已关闭", "The purse is closed"),
    "purse.closed_hint": Text("重新开通后才能充值和付款。", "Open it again to top up and pay."),
    "purse.owed_title": Text("有 {amount} 元待还", "¥{amount} to be repaid"),
    "purse.owed_hint": Text(
        "余额不足时先乘车、后还款，最多可欠 {most} 元。充值后先还欠款。",
        "Without enough money you ride now and repay later, up to ¥{most}. What you top up repays this first.",
    ),
    "purse.repay": Text("用余额还款", "Repay from the balance"),
    "purse.top_up": Text("充值", "Top up"),
    "purse.statement": Text("账单", "Statement"),
    "purse.newest": Text("最近变动", "Latest"),
    "purse.nothing": Text("还没有账单", "Nothing yet"),
    "purse.nothing_hint": Text(
        "充值或乘车后，每一笔都列在这里。", "Every top-up and ride will be listed here."
    ),
    "purse.more": Text("全部账单", "Whole statement"),
    "purse.manage": Text("管理钱包", "Manage the purse"),
    "purse.freeze": Text("冻结钱包", "Freeze the purse"),
    "purse.freeze_hint": Text(
        "手机丢了先冻结，别人就不能用它付款", "If your phone is lost nobody can pay with it"
    ),
    "purse.freeze_question": Text("现在冻结钱包吗？", "Freeze the purse now?"),
    "purse.freeze_lead": Text(
        "冻结后不能付款，乘车请投币；余额不变，随时可以解冻。",
        "Nothing is paid from it then, so pay cash on the bus. The money stays, and you can release it at any time.",
    ),
    "purse.open": Text("恢复使用", "Use it again"),
    "purse.open_hint": Text("需要刚刚验证过本人", "You prove who you are first"),
    "purse.open_question": Text("恢复使用钱包吗？", "Use the purse again?"),
    "purse.open_lead": Text("之后又可以充值和付款。", "You can top up and pay again."),
    "purse.close": Text("关闭并取回余额", "Close it and get the money"),
    "purse.close_hint": Text("余额退回您的付款账户", "The money goes back to your payment account"),
    "purse.close_question": Text("关闭钱包并取回余额吗？", "Close the purse and get the money?"),
    "purse.close_lead": Text(
        "余额会退回您的付款账户。有欠款或预留款时不能关闭；以后可以重新开通。",
        "The money goes back to your payment account. Not while something is owed or set aside. You can open it again later.",
    ),
    "purse.limits": Text(
        "您的钱包最多存放 {balance} 元，一次最多充值 {top_up} 元。",
        "Your purse holds up to ¥{balance}; one top-up is at most ¥{top_up}.",
    ),
    "purse.raise": Text("完成实名认证后额度更高。", "With a proved name it holds more."),
    "purse.top_up_title": Text("充值多少？", "How much?"),
    "purse.top_up_lead": Text("下一步到支付页面付款。", "You pay on the next page."),
    "purse.top_up_full": Text("钱包已到存放上限", "The purse is full"),
    "purse.go_on": Text("下一步", "Go on"),
    "purse.order_asked": Text("正在准备付款，请稍等…", "Getting ready to pay, a moment please…"),
    "purse.order_pending": Text("等待付款", "Waiting for your payment"),
    "purse.order_pending_hint": Text(
        "付款后这里会自动更新，一般不到一分钟。",
        "This page changes by itself once you have paid, usually within a minute.",
    ),
    "purse.pay_now": Text("去付款", "Pay now"),
    "purse.order_paid": Text("已到账", "It has arrived"),
    "purse.order_failed": Text("没有完成", "Not completed"),
    "purse.order_failed_hint": Text(
        "没有扣款。如已付款，到账后会自动记入。",
        "Nothing was taken. If you did pay, it will be added as soon as it arrives.",
    ),
    "purse.pay_out_pending": Text("正在退回您的付款账户", "On its way to your payment account"),
    "purse.pay_out_paid": Text("已退回您的付款账户", "Paid out to your payment account"),
    "purse.pay_out_failed": Text(
        "退回没有成功，钱还在钱包里", "It did not get through; the money is in the purse again"
    ),
    "purse.amount": Text("金额", "Amount"),
    "purse.back": Text("回到钱包", "Back to the purse"),
    "purse.repay_question": Text("用余额还款 {amount} 元吗？", "Repay ¥{amount} from the balance?"),
    "purse.receipt": Text("收据", "Receipt"),
    "purse.with": Text("服务", "Service"),
    "purse.when": Text("时间", "When"),
    "purse.recorded": Text("入账时间", "Recorded"),
    "purse.number": Text("编号", "Number"),
    "purse.refunded": Text("已退款", "Given back"),
    "purse.what": Text(
        "买了什么，请在“谁用过我的码”和该服务的页面查看；钱包和支付机构只知道服务名称。",
        "What it was for stands in your log of uses and with the service; the purse and the payment provider know the service's name only.",
    ),
    "purse.paid_before": Text("查看原来的付款", "See the payment"),
    "purse.use": Text("查看这次使用", "See what it was for"),
    "purse.print": Text("要报销凭证，请向该服务索取。", "For an invoice ask the service."),
    "purse.family": Text("为家人付款", "Paying for family"),
    "purse.pays": Text("由我付款", "I pay"),
    "purse.pays_not": Text("各付各的", "Pays alone"),
    "purse.pay_for_question": Text("用您的钱包为{name}付款吗？", "Pay for {name} from your purse?"),
    "purse.pay_for_lead": Text(
        "{name}乘车等费用从您的钱包扣，退款也退给您。随时可以停止。",
        "What {name} uses is charged to your purse, and refunds come back to you. Stop at any time.",
    ),
    "purse.stop_question": Text("不再为{name}付款吗？", "Stop paying for {name}?"),
    "purse.stop_lead": Text("以后由{name}自己的钱包付款。", "{name}'s own purse pays from then on."),
    "purse.pay_for": Text("由我付款", "I pay"),
    "purse.stop": Text("停止付款", "Stop"),
    "purse.someone": Text("家人", "your ward"),
    "purse.cashier": Text("演示收银台", "Demo cashier"),
    "purse.cashier_lead": Text(
        "这是演示用的模拟支付，不会动用真实资金。", "A simulated payment: no real money moves."
    ),
    "purse.cashier_pay": Text("确认付款", "Pay"),
    "purse.cashier_fail": Text("付款失败", "Let it fail"),
    "mine.done.repaid": Text("已还款。", "Repaid."),
    "mine.done.frozen": Text("钱包已冻结。", "The purse is frozen."),
    "mine.done.opened": Text("钱包已恢复使用。", "The purse is open."),
    "mine.done.closed": Text("钱包已关闭。", "The purse is closed."),
    "mine.done.pays_for_ward": Text("以后由您付款。", "You pay from now on."),
    "mine.done.ward_pays": Text("已停止为其付款。", "You no longer pay for them."),
}
