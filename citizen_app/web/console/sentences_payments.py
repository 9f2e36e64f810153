"""What the pages about money say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.text import Text

TAKINGS: Final[Mapping[str, Text]] = {
    "takings.title": Text("收款统计", "Takings"),
    "takings.from": Text("从", "From"),
    "takings.to": Text("到", "To"),
    "takings.service": Text("服务", "Service"),
    "takings.all": Text("全部服务", "All services"),
    "takings.show": Text("查看", "Show"),
    "takings.charged": Text("收款", "Taken"),
    "takings.refunded": Text("退款", "Refunded"),
    "takings.net": Text("净额", "Net"),
    "takings.charges": Text("付款笔数", "Payments"),
    "takings.day": Text("日期", "Day"),
    "takings.yuan": Text("{amount} 元", "¥{amount}"),
    "takings.by_day": Text("每天净额（元）", "Net per day (CNY)"),
    "takings.by_service": Text("按服务", "By service"),
    "takings.table": Text("数据表", "As a table"),
    "takings.none": Text("这段时间没有收款", "Nothing was taken in this period"),
    "takings.csv": Text("导出 CSV", "Export as CSV"),
    "takings.xlsx": Text("导出 XLSX", "Export as XLSX"),
    "takings.recorded": Text(
        "按入账时间统计，离线设备补传的乘车记在补传那天。只有合计，看不到任何人的付款。",
        "By when it was recorded: a ride uploaded late counts on the day of the upload. Sums only, nobody's payments.",
    ),
    "takings.city": Text("市民钱包", "Citizens' purses"),
    "takings.topped_up": Text("这段时间充值", "Topped up in this period"),
    "takings.paid_out": Text("这段时间取回", "Paid out in this period"),
    "takings.repaid": Text("这段时间还款", "Repaid in this period"),
    "takings.in_purses": Text("现在的余额合计", "In all purses now"),
    "takings.held": Text("现在的预留合计", "Set aside now"),
    "takings.owed": Text("现在的欠款合计", "Owed by citizens now"),
    "takings.with_provider": Text("应在支付机构的金额", "What the provider should hold"),
}

REFUNDS: Final[Mapping[str, Text]] = {
    "refunds.title": Text("退款", "Refunds"),
    "refunds.lead": Text(
        "请市民打开“我的钱包”里的收据，告诉您编号；也可用该服务的预订编号查找。每次查看都会告知付款人。",
        "Ask the citizen for the number of the receipt in “My purse”, or use the service's booking number. Whoever paid is told of each look.",
    ),
    "refunds.find": Text("查找", "Find"),
    "refunds.none": Text("没有找到这个编号的付款", "No payment has this number"),
    "refunds.none_hint": Text(
        "请核对编号；其他服务的付款由该服务办理。",
        "Check the number. What was paid to another service is refunded there.",
    ),
    "refunds.found": Text("找到的付款", "Payments found"),
    "refunds.number": Text("编号", "Number"),
    "refunds.key": Text("服务的编号", "The service's number"),
    "refunds.service": Text("服务", "Service"),
    "refunds.kind": Text("类别", "Kind"),
    "refunds.when": Text("时间", "When"),
    "refunds.recorded": Text("入账时间", "Recorded"),
    "refunds.paid": Text("已付", "Paid"),
    "refunds.refunded": Text("已退", "Given back"),
    "refunds.left": Text("还可退", "Left"),
    "refunds.yuan": Text("{amount} 元", "¥{amount}"),
    "refunds.history": Text("退款记录", "Refunds so far"),
    "refunds.open": Text("查看并退款", "See and refund"),
    "refunds.refund": Text("退款", "Refund"),
    "refunds.refund_hint": Text(
        "退到付款人的钱包，有欠款的先还欠款；付款人和该服务都会收到通知。一笔付款累计退款超过 {most} 元，须另一人批准。",
        "It goes to the purse of whoever paid, where debts are repaid first; they and the service are told. More than ¥{most} of one payment needs a second person.",
    ),
    "refunds.nothing_left": Text("这笔付款已全部退还。", "All of this payment has been given back."),
    "refunds.gone": Text(
        "付款人的账号已注销，不能退到钱包。",
        "The payer's account is gone; nothing can be given back to a purse.",
    ),
    "refunds.done.refunded": Text("已退款，付款人会收到通知。", "Refunded; whoever paid is told."),
    "refunds.done.asked": Text(
        "已申请，另一人批准后退款。", "Asked for; it is refunded when a second person approves."
    ),
}

DIFFERENCES: Final[Mapping[str, Text]] = {
    "differences.title": Text("对账差异", "Differences"),
    "differences.lead": Text(
        "每天把支付机构的账单与本市账本逐笔核对；漏报的付款自动补记，对不上的列在这里。处理差异不会动账。",
        "Every day the provider's file is compared with the ledger. Payments that were lost are added by themselves; what contradicts it stands here. Settling moves no money.",
    ),
    "differences.state": Text("状态", "State"),
    "differences.all": Text("全部", "All"),
    "differences.open": Text("待处理", "Open"),
    "differences.settled": Text("已处理", "Settled"),
    "differences.show": Text("查看", "Show"),
    "differences.kind": Text("差异", "What differs"),
    "differences.order": Text("订单", "Order"),
    "differences.ours": Text("本市", "Here"),
    "differences.theirs": Text("支付机构", "Provider"),
    "differences.found": Text("发现时间", "Found"),
    "differences.by": Text("{name}：{words}", "{name}: {words}"),
    "differences.settle": Text("处理", "Settle"),
    "differences.about": Text("付款内容", "For"),
    "differences.unknown_hint": Text(
        "支付机构收了钱，本市没有对应的订单。请支付机构核实，原路退回付款人。",
        "The provider has taken money for an order that was never asked for. Let them check and return it to whoever paid.",
    ),
    "differences.missing_hint": Text(
        "本市已记为已付。跨零点的付款可能在次日文件里；次日仍没有，请支付机构查询这个订单。",
        "It is recorded as paid here. A payment around midnight may stand in the next day's file; if not, have the provider look the order up.",
    ),
    "differences.amount_hint": Text(
        "两边金额不同，本市没有入账。请支付机构更正后重报。",
        "The amounts differ, and nothing was recorded here. Have the provider correct and report it again.",
    ),
    "differences.state_hint": Text(
        "同一订单报了两种结果，本市保留先报的。请支付机构确认哪个是对的。",
        "Two ends were told of one order, and the first stands here. Ask the provider which is right.",
    ),
    "differences.none": Text("没有差异", "Nothing differs"),
    "differences.days": Text("已核对的账单", "Files compared"),
    "differences.day": Text("日期", "Day"),
    "differences.rows": Text("笔数", "Lines"),
    "differences.paid": Text("已付合计", "Paid, by the file"),
    "differences.compared": Text("核对时间", "Compared"),
    "differences.no_days": Text("最近一个月还没有核对过账单", "No file was compared in the last month"),
    "differences.yuan": Text("{amount} 元", "¥{amount}"),
    "differences.done.settled": Text("已记为处理完。", "Settled."),
}
