"""Sentences of the kiosk page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.text import Text

KIOSK: Final[Mapping[str, Text]] = {
    "kiosk.title": Text("扫码设备", "Kiosk"),
    "kiosk.insecure": Text("需要 HTTPS", "HTTPS is needed"),
    "kiosk.insecure_next": Text(
        "浏览器只在 HTTPS 或本机地址上开放摄像头。请用 https:// 打开此页；部署方法见运维手册。",
        "Browsers open the camera only over HTTPS or on this machine. Open this page with https://; the operating manual shows how.",
    ),
    "kiosk.activate": Text("启用这台扫码设备", "Activate this kiosk"),
    "kiosk.activate_lead": Text(
        "输入一次性启用码，由管理员用管理接口或命令行生成。",
        "Enter the one-time code that an operator makes with the administration API or the command line.",
    ),
    "kiosk.activation_code": Text("启用码", "Activation code"),
    "kiosk.activate_send": Text("启用", "Activate"),
    "kiosk.demo": Text("演示扫码设备，点一下即启用", "Demo kiosks: one tap activates"),
    "kiosk.token_refused": Text(
        "这台扫码设备已被停用或换过令牌，请重新启用。",
        "This kiosk was withdrawn or given a new token. Activate it again.",
    ),
    "kiosk.online": Text("在线", "Online"),
    "kiosk.offline": Text("离线", "Offline"),
    "kiosk.clock": Text("时钟偏差 {seconds} 秒", "Clock {seconds} s"),
    "kiosk.heartbeat": Text("上次联络 {time}", "Last contact {time}"),
    "kiosk.no_heartbeat": Text("尚未联络", "No contact yet"),
    "kiosk.purpose": Text("用途", "Purpose"),
    "kiosk.context": Text("本次信息", "Details of this scan"),
    "kiosk.optional": Text("{title}（可不填）", "{title} (optional)"),
    "kiosk.going_on": Text(
        "可为同一位市民继续办理，还剩 {seconds} 秒", "You may go on for the same citizen for {seconds} s"
    ),
    "kiosk.go_on": Text("继续：{purpose}", "Go on: {purpose}"),
    "kiosk.end_session": Text("办完了", "Done"),
    "kiosk.ready": Text("请出示市民码", "Please show your code"),
    "kiosk.ready_hint": Text("把二维码对准摄像头或扫码枪", "Hold the QR to the camera or the scanner"),
    "kiosk.camera_on": Text("打开摄像头", "Switch the camera on"),
    "kiosk.camera_off": Text("关闭摄像头", "Switch the camera off"),
    "kiosk.camera_refused": Text(
        "浏览器没有摄像头权限。请在地址栏旁允许摄像头，再点一次。",
        "The browser may not use the camera. Allow it beside the address bar, then tap again.",
    ),
    "kiosk.camera_missing": Text(
        "没有找到摄像头。可用扫码枪，或粘贴码中的文字。", "No camera found. Use a scanner, or paste the code."
    ),
    "kiosk.camera_failed": Text(
        "摄像头没有打开。请关闭占用它的程序，再点一次。",
        "The camera did not start. Close what is using it, then tap again.",
    ),
    "kiosk.typed": Text("或粘贴码中的文字", "Or paste the code"),
    "kiosk.typed_send": Text("读码", "Read"),
    "kiosk.scanner_hint": Text(
        "USB 扫码枪插上即用，无需点击。", "A USB scanner works at once, no tap needed."
    ),
    "kiosk.busy": Text("正在核验……", "Checking…"),
    "kiosk.retry": Text("重试", "Try again"),
    "kiosk.close": Text("关闭", "Close"),
    "kiosk.answer_send": Text("确认", "Confirm"),
    "kiosk.no_network": Text("网络不通", "No connection"),
    "kiosk.no_network_next": Text(
        "码已保留。网络恢复后点重试；着急的市民请走人工通道。",
        "The code is kept. Tap to try again when the network is back, or use the staffed lane.",
    ),
    "kiosk.unreadable": Text("无法识别此码", "This code cannot be read"),
    "kiosk.foreign": Text("这不是市民码", "Not a citizen code"),
    "kiosk.unreadable_next": Text("请打开市民码后重新扫码", "Open your citizen code and scan again"),
    "kiosk.fault": Text("{title}：{message}", "{title}: {message}"),
    "kiosk.try_again": Text("请重试", "Please try again"),
    "kiosk.not_ready": Text("扫码设备还没准备好", "The kiosk is not ready"),
    "kiosk.not_ready_next": Text(
        "还没有收到用途，请检查网络。", "It has not learnt its purposes yet. Check the network."
    ),
    "kiosk.sound": Text("提示音", "Sound"),
    "kiosk.speech": Text("语音播报", "Speech"),
    "kiosk.print": Text("通过后打印小票", "Print a slip of what is allowed"),
    "kiosk.sign_off": Text("停用本机", "Sign this kiosk off"),
    "kiosk.sign_off_sure": Text("再点一次，停用本机", "Tap again to sign this kiosk off"),
    "kiosk.settings": Text("设置", "Settings"),
    "kiosk.settings_done": Text("完成，回到扫码", "Done, back to scanning"),
    "kiosk.set_once": Text("本机信息", "About this kiosk"),
    "kiosk.set_once_none": Text("这些用途没有要设置的信息。", "These purposes have nothing to set."),
    "kiosk.set_once_lost": Text(
        "选项没有取到，请检查网络后再打开设置。",
        "The choices could not be fetched. Check the network and open the settings again.",
    ),
    "kiosk.find_choice": Text("查找{title}", "Find: {title}"),
    "kiosk.more_choices": Text("还有更多，请输入名称查找。", "There are more: type a name to find them."),
    "kiosk.choose": Text("请选择", "Please choose"),
    "kiosk.not_set": Text("请工作人员先完成设置", "Staff: finish the settings first"),
    "kiosk.not_set_next": Text("还没有选：{fields}", "Not chosen yet: {fields}"),
    "kiosk.pin": Text("工作人员 PIN", "Staff PIN"),
    "kiosk.pin_lead": Text(
        "设置和停用需要 PIN。忘记时请管理员重设。",
        "Settings need the PIN. An operator can set a new one.",
    ),
    "kiosk.pin_demo": Text("演示 PIN：{pin}", "Demo PIN: {pin}"),
    "kiosk.pin_send": Text("打开", "Open"),
    "kiosk.pin_offline": Text(
        "网络不通，无法核对 PIN。请在网络恢复后再试。",
        "No connection: the PIN cannot be checked. Try again when the network is back.",
    ),
    "kiosk.pin_wrong_offline": Text("PIN 不对（离线核对）。", "Wrong PIN (checked without the network)."),
    "kiosk.search": Text("查名单", "Look somebody up"),
    "kiosk.search_lead": Text(
        "只查本服务在此处的名单。被查到的人会看到这次查询和理由。",
        "Only this service's own list of this place. Whoever is found sees that you looked, and why.",
    ),
    "kiosk.search_proof": Text(
        "查到名单不等于本人在场：请核对证件，进出仍须刷码登记。",
        "Being on the list is no proof of presence: look at a document. Passing still needs a scan.",
    ),
    "kiosk.search_words": Text("姓名、房号、车牌或手机号", "Name, unit, plate or phone number"),
    "kiosk.search_reason": Text("理由", "Reason"),
    "kiosk.search_reason_example": Text(
        "例如：手机没电，来访 3-2-1201", "For example: phone is empty, visits 3-2-1201"
    ),
    "kiosk.search_send": Text("查找", "Search"),
    "kiosk.search_none": Text("名单里没有找到。", "Nobody on the list matches."),
    "kiosk.search_more": Text("可能还有，请写得更具体。", "There may be more: be more specific."),
    "kiosk.search_found": Text("找到 {count} 人", "Found: {count}"),
    "kiosk.attract_hint": Text("轻触屏幕，或直接扫码", "Touch the screen, or just show your code"),
    "kiosk.back": Text("返回", "Back"),
    "kiosk.not": Text("{title}：否", "{title}: no"),
    "kiosk.today": Text("今日", "Today"),
    "kiosk.today_good": Text("通过", "Allowed"),
    "kiosk.today_bad": Text("未通过", "Refused"),
    "kiosk.last_scans": Text("最近几次", "Last scans"),
    "kiosk.no_scans": Text("今天还没有扫码。", "No scan yet today."),
    "served.title": Text("自助办理", "Self-service"),
    "served.for": Text("正在为 {name} 办理", "For {name}"),
    "served.left": Text("{seconds} 秒无操作自动退出", "Closes after {seconds} s without a touch"),
    "served.all": Text("全部事项", "Everything"),
    "served.end": Text("办完了", "Done"),
    "served.closed": Text(
        "没有手机也能办：请窗口工作人员核验您本人在场，再在此屏幕打开。无人操作一分钟后自动退出。",
        "Without a phone: a clerk at the counter makes sure that you are present and opens this screen for you. It closes after a minute without a touch.",
    ),
    "served.nothing": Text("现在没有可以在这里办理的服务。", "No service can be used here at the moment."),
    "served.kiosk": Text("回到扫码设备", "Back to the kiosk"),
}
