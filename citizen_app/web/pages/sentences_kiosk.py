"""Sentences of the kiosk page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.text import Text

KIOSK: Final[Mapping[str, Text]] = {
    "kiosk.title": Text("读码机", "Kiosk"),
    "kiosk.insecure": Text("需要 HTTPS", "HTTPS is needed"),
    "kiosk.insecure_next": Text(
        "浏览器只在 HTTPS 或本机地址上开放摄像头。请用 https:// 打开此页；部署方法见运维手册。",
        "Browsers open the camera only over HTTPS or on this machine. Open this page with https://; the operating manual shows how.",
    ),
    "kiosk.activate": Text("启用这台读码机", "Activate this kiosk"),
    "kiosk.activate_lead": Text(
        "输入一次性启用码，由管理员用管理接口或命令行生成。",
        "Enter the one-time code that an operator makes with the administration API or the command line.",
    ),
    "kiosk.activation_code": Text("启用码", "Activation code"),
    "kiosk.activate_send": Text("启用", "Activate"),
    "kiosk.demo": Text("演示读码机，点一下即启用", "Demo kiosks: one tap activates"),
    "kiosk.token_refused": Text(
        "这台读码机已被停用或换过令牌，请重新启用。",
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
    "kiosk.go_on": Text("继续办理", "Go on"),
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
        "没有找到摄像头。可用扫码枪，或粘贴码文。", "No camera found. Use a scanner, or paste the code."
    ),
    "kiosk.camera_failed": Text(
        "摄像头没有打开。请关闭占用它的程序，再点一次。",
        "The camera did not start. Close what is using it, then tap again.",
    ),
    "kiosk.typed": Text("或粘贴码文", "Or paste the code"),
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
    "kiosk.unreadable_next": Text("请打开市民码后重新扫码", "Open your citizen code and scan again"),
    "kiosk.fault": Text("{title}：{message}", "{title}: {message}"),
    "kiosk.try_again": Text("请重试", "Please try again"),
    "kiosk.not_ready": Text("读码机还没准备好", "The kiosk is not ready"),
    "kiosk.not_ready_next": Text(
        "还没有收到用途，请检查网络。", "It has not learnt its purposes yet. Check the network."
    ),
    "kiosk.sound": Text("提示音", "Sound"),
    "kiosk.speech": Text("语音播报", "Speech"),
    "kiosk.sign_off": Text("停用本机", "Sign this kiosk off"),
}
