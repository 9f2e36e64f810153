"""What the pages of a hospital's office say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.toolkit.contract import Text

SENTENCES: Final[Mapping[str, Text]] = {
    "hospital.office.hospital": Text("医院", "Hospital"),
    "hospital.office.show": Text("查看", "Show"),
    "hospital.office.nothing": Text("没有由您管理的医院", "No hospital is yours to manage"),
    "hospital.office.rules": Text("预约规则", "Rules"),
    "hospital.office.rules_lead": Text(
        "规则按版本发布，不改旧版；已有的预约保留当时的版本。越具体的范围优先，整版生效。",
        "Rules are published as versions, and a booking keeps its own. The most particular scope that has a version speaks whole.",
    ),
    "hospital.office.rules_none": Text("还没有发布过规则，按默认值执行", "No version yet: the usual rules hold"),
    "hospital.office.rules_new": Text("修改规则", "Change the rules"),
    "hospital.office.rules_for": Text("修改：{scope}", "Change: {scope}"),
    "hospital.office.department": Text("科室", "Department"),
    "hospital.office.whole": Text("全院", "the whole hospital"),
    "hospital.office.kind": Text("号别", "Kind"),
    "hospital.office.all_kinds": Text("全部号别", "all kinds"),
    "hospital.office.scope": Text("范围", "Of"),
    "hospital.office.version": Text("版本", "Version"),
    "hospital.office.version_of": Text("{scope}，第 {version} 版", "{scope}, version {version}"),
    "hospital.office.valid_from": Text("生效时间", "In force from"),
    "hospital.office.made_by": Text("发布人", "Published by"),
    "hospital.office.preview": Text("查看影响", "See its effect"),
    "hospital.office.effect": Text("这样改的影响", "What this would change"),
    "hospital.office.effect_late": Text(
        "最近 90 天的 {count} 次退号：现行算过时 {late} 次，按新规则算过时 {late_then} 次。",
        "Of {count} numbers given back in the last 90 days {late} were late; by these rules {late_then} would have been.",
    ),
    "hospital.office.effect_suspended": Text(
        "被暂停预约的就诊人：现在 {now} 位，新规则下 {then} 位。", "Patients who may not book: {now} now, {then} by these rules."
    ),
    "hospital.office.effect_kept": Text(
        "{count} 个未就诊的预约不受影响，按预约时的版本执行。", "{count} open bookings are not touched: they keep the version that they were made under."
    ),
    "hospital.office.effect_sessions": Text(
        "涉及 {count} 个将来的出诊，其中 {anew} 个还没有人预约，按新规则放号。",
        "{count} sessions to come are concerned; {anew} of them, in which nobody has a number, are released by these rules.",
    ),
    "hospital.office.effect_nothing": Text("和现行规则相同，没有变化。", "Nothing changes: the rules in force say the same."),
    "hospital.office.rule": Text("规则", "Rule"),
    "hospital.office.was": Text("现在", "Now"),
    "hospital.office.will": Text("改为", "Then"),
    "hospital.office.value": Text("取值", "Value"),
    "hospital.office.publish": Text("发布为新版本", "Publish as a new version"),
    "hospital.office.back_to_form": Text("返回修改", "Change it"),
    "hospital.office.strikes": Text("爽约与申诉", "Missed bookings and appeals"),
    "hospital.office.appeals": Text("待处理的申诉", "Appeals to decide"),
    "hospital.office.appeals_none": Text("没有待处理的申诉", "No appeal waits"),
    "hospital.office.appeal": Text("处理申诉", "Decide an appeal"),
    "hospital.office.appeal_words": Text("申诉理由", "The patient's words"),
    "hospital.office.appealed_at": Text("提交时间", "Sent"),
    "hospital.office.decide": Text("处理", "Decide"),
    "hospital.office.told": Text("本人会收到结果和您的答复。", "The patient is told, and reads your answer."),
    "hospital.office.suspended": Text("暂停预约的就诊人", "Suspended patients"),
    "hospital.office.suspended_none": Text("没有人被暂停预约", "Nobody is suspended"),
    "hospital.office.until": Text("到", "Until"),
    "hospital.office.free": Text("提前解除", "End it early"),
    "hospital.office.free_question": Text("提前解除病案号 {number} 的限约？", "End the suspension of record {number} early?"),
    "hospital.office.free_hint": Text(
        "此前的记录不再计入；写明原因，本人会收到通知。", "What has counted until now counts no more. Say why; the patient is told."
    ),
    "hospital.office.list": Text("爽约和过时退号", "Missed, or cancelled late"),
    "hospital.office.list_none": Text("没有记录", "Nothing on record"),
    "hospital.office.patient": Text("就诊人", "Patient"),
    "hospital.office.what": Text("情形", "What"),
    "hospital.office.when": Text("时间", "When"),
    "hospital.office.counts": Text("计入", "Counts"),
    "hospital.office.forgiven": Text("已撤销", "does not count"),
    "hospital.office.yes": Text("是", "yes"),
    "hospital.office.looks": Text(
        "名单里的每个人都能在“谁看过我”里看到这次查看。", "Everybody on the list finds this look in their log."
    ),
    "hospital.office.watch": Text("号贩核查", "Trade in numbers"),
    "hospital.office.watch_lead": Text(
        "最近 {days} 天里值得核查的情形；只显示病案号或编号，不显示姓名。多少次才提示，在预约规则里定。",
        "Patterns of the last {days} days, by record number or mark, never by name. The rules say from how many on one is told.",
    ),
    "hospital.office.watch_none": Text("没有发现异常", "Nothing stands out"),
    "hospital.office.watch_hint": Text(
        "同一个账号或网络不一定是号贩：家人、校园和手机网络也会共用。", "One account or network need not be a trader: families, campuses and mobile carriers share them."
    ),
    "hospital.office.who": Text("对象", "Who"),
    "hospital.office.count": Text("次数或人数", "How many"),
    "hospital.office.latest": Text("最近一次", "Last"),
    "hospital.office.figures": Text("门诊统计", "Figures"),
    "hospital.office.day": Text("日期", "Day"),
    "hospital.office.from": Text("从", "From"),
    "hospital.office.to": Text("到", "To"),
    "hospital.office.csv": Text("导出 CSV", "Export as CSV"),
    "hospital.office.by_department": Text("按科室", "By department"),
    "hospital.office.by_day": Text("按日", "By day"),
    "hospital.office.by_channel": Text("号源使用", "Use of numbers"),
    "hospital.office.channel": Text("渠道", "Channel"),
    "hospital.office.numbers": Text("号数", "Numbers"),
    "hospital.office.taken": Text("已用", "Taken"),
    "hospital.office.percent": Text("使用率（%）", "Taken (%)"),
    "hospital.office.table": Text("数据表", "As a table"),
    "hospital.office.no_figures": Text("这段时间没有出诊", "There were no sessions in these days"),
    "hospital.office.released": Text("放号", "Numbers"),
    "hospital.office.added": Text("加号", "Added"),
    "hospital.office.booked": Text("预约", "Booked"),
    "hospital.office.walk_ins": Text("窗口挂号", "At the desk"),
    "hospital.office.cancelled": Text("退号", "Cancelled"),
    "hospital.office.stopped": Text("停诊", "Stopped"),
    "hospital.office.came": Text("到诊", "Came"),
    "hospital.office.missed": Text("爽约", "Missed"),
    "hospital.office.missed_percent": Text("爽约率（%）", "Missed (%)"),
    "hospital.office.mean_wait": Text("平均候诊（分钟）", "Mean wait (minutes)"),
    "hospital.done.published": Text("已发布为新版本。", "The version is published."),
    "hospital.done.decided": Text("已处理，本人会收到结果。", "It is decided; the patient is told."),
    "hospital.done.freed": Text("已解除，本人会收到通知。", "The suspension has ended; the patient is told."),
}  # fmt: skip
