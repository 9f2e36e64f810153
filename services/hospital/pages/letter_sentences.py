"""What the console says about letters of referral."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.contract import Text

SENTENCES: Final = {
    "hospital.letters.title": Text("转诊单", "Letters of referral"),
    "hospital.letters.received": Text("收到的", "Received"),
    "hospital.letters.sent": Text("开出的", "Sent"),
    "hospital.letters.new": Text("开转诊单", "Write a letter"),
    "hospital.letters.hint": Text("患者同意后，对方医院才能看到转诊单。", "The other hospital sees the letter once the patient has agreed."),
    "hospital.letters.none": Text("没有转诊单", "No letters"),
    "hospital.letters.patient": Text("患者", "Patient"),
    "hospital.letters.no_name": Text("无姓名", "No name"),
    "hospital.letters.from": Text("开单医院", "From"),
    "hospital.letters.to": Text("转往", "To"),
    "hospital.letters.state": Text("状态", "State"),
    "hospital.letters.until": Text("有效至", "Valid until"),
    "hospital.letters.reason": Text("转诊原因", "Reason"),
    "hospital.letters.send": Text("发给患者", "Send to the patient"),
    "hospital.letters.next": Text("下一步", "Continue"),
    "hospital.letters.withdraw": Text("撤回", "Withdraw"),
    "hospital.letters.withdraw_question": Text("撤回这份转诊单？", "Withdraw this letter?"),
    "hospital.letters.answer": Text("转回原医院（下转）", "Refer back"),
    "hospital.letters.further": Text("更多", "More"),
    "hospital.letters.looks_hint": Text("列表和内容的每次查看，患者都能看到。", "Patients find each look at the list and at a letter."),
    "hospital.done.sent": Text("转诊单已发给患者", "The letter was sent to the patient"),
    "hospital.done.withdrawn": Text("已撤回", "Withdrawn"),
}  # fmt: skip
