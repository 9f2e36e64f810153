"""Sentences of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.toolkit.contract import Text

SENTENCES: Final[Mapping[str, Text]] = {
    "pass.start": Text("我的通行", "My passes"),
    "pass.places": Text("我所在的地方", "Where I belong"),
    "pass.none": Text("您还不在任何名单上", "You are on no list yet"),
    "pass.none_hint": Text(
        "住户和员工可在线申请；访客请主人先邀请。",
        "Residents and staff can apply here; guests are invited by their host.",
    ),
    "pass.join": Text("申请加入", "Apply to join"),
    "pass.invite": Text("邀请访客", "Invite a guest"),
    "pass.my_guests": Text("我的访客", "My guests"),
    "pass.my_visits": Text("邀请我的地方", "Where I am invited"),
    "pass.my_passages": Text("我的进出记录", "My passages"),
    "pass.my_applications": Text("我的申请", "My applications"),
    "pass.role_of": Text("{role} · {unit}", "{role} · {unit}"),
    "pass.until": Text("有效至 {time}", "valid until {time}"),
    "pass.from": Text("{time} 起有效", "valid from {time}"),
    "pass.emergency": Text("紧急开放中，各门都可通行", "Emergency: all gates are open"),
    "pass.place_closed": Text("暂停通行", "Closed"),
    "pass.status.active": Text("可通行", "May enter"),
    "pass.status.suspended": Text("已暂停", "Suspended"),
    "pass.status.revoked": Text("已撤销", "Revoked"),
    "pass.find": Text("小区或单位名称", "Name of a compound or employer"),
    "pass.find_send": Text("查找", "Search"),
    "pass.find_title": Text("申请加入哪里", "Where do you belong?"),
    "pass.find_none": Text("没有找到可以申请的地方", "No place found that takes applications"),
    "pass.find_none_hint": Text(
        "换个名称试试；有的单位不接受在线申请，请联系管理处。",
        "Try another name. Some places take no applications online: ask the management.",
    ),
    "pass.join_title": Text("申请加入{place}", "Apply to {place}"),
    "pass.join_lead": Text(
        "管理人员核对后决定，结果见“我的申请”。", "The management decides; see “My applications”."
    ),
    "pass.join_send": Text("提交申请", "Apply"),
    "pass.applied": Text("申请时间 {time}", "Applied {time}"),
    "pass.reason": Text("原因：{reason}", "Reason: {reason}"),
    "pass.no_applications": Text("没有申请", "No applications"),
    "pass.claim.waiting": Text("等待审核", "Waiting"),
    "pass.claim.approved": Text("已通过", "Approved"),
    "pass.claim.refused": Text("未通过", "Refused"),
    "pass.claim.withdrawn": Text("已撤回", "Withdrawn"),
    "pass.withdraw": Text("撤回申请", "Withdraw"),
    "pass.withdraw_question": Text("撤回对{place}的申请？", "Withdraw your application to {place}?"),
    "pass.withdraw_hint": Text("以后可以重新申请。", "You can apply again later."),
    "pass.done.applied": Text("申请已提交", "Your application was sent"),
    "pass.done.withdrawn": Text("申请已撤回", "Your application was withdrawn"),
    "pass.done.invited": Text("邀请已生效", "The invitation stands"),
    "pass.done.ended": Text(
        "邀请已结束，门口下次扫码即生效", "The invitation has ended; gates know at the next scan"
    ),
    "pass.invite_lead": Text(
        "访客只需出示自己的市民码，不必告诉其住处。",
        "Your guest shows only their own code; nobody else learns your flat.",
    ),
    "pass.invite_send": Text("发出邀请", "Invite"),
    "pass.no_guests": Text("还没有邀请过访客", "No guests yet"),
    "pass.guest_window": Text("{begins} 至 {ends}", "{begins} to {ends}"),
    "pass.guest.open": Text("可进门", "May enter"),
    "pass.guest.waits": Text("未到时间", "Not yet"),
    "pass.guest.used": Text("次数已用完", "Used up"),
    "pass.guest.over": Text("已过期", "Over"),
    "pass.guest.ended": Text("已结束", "Ended"),
    "pass.guest_place": Text("地点", "Place"),
    "pass.guest_phone": Text("手机号", "Phone"),
    "pass.guest_purpose": Text("事由", "Purpose"),
    "pass.guest_from": Text("开始", "From"),
    "pass.guest_until": Text("结束", "Until"),
    "pass.guest_entries": Text("进入次数", "Entries"),
    "pass.guest_plate": Text("车牌", "Number plate"),
    "pass.guest_state": Text("状态", "State"),
    "pass.entries": Text("{used}/{allowed} 次", "{used} of {allowed}"),
    "pass.entries_any": Text("已进 {used} 次，不限次数", "{used} so far, as often as wanted"),
    "pass.guest_how": Text("请告诉访客", "Tell your guest"),
    "pass.guest_how_words": Text(
        "到门口打开“市民码”，用受邀的手机号登录，亮码即可进门。没有手机的客人，请您到门口接。",
        "At the gate, open the citizen code, sign in with the invited number and show the code. Meet a guest without a phone at the gate.",
    ),
    "pass.share": Text("发给访客", "Send it to your guest"),
    "pass.share_hint": Text(
        "用您自己的手机发出。打开链接能看到地点、时间和怎么取得市民码，看不到您的房号；转给别人也进不了门，只认您填的号码。",
        "Sent by your own phone. The link shows place, time and how to get a code, never your flat. Passed on it lets nobody in: only the number you gave counts.",
    ),
    "pass.share_link": Text("邀请链接", "Link"),
    "pass.share_send": Text("转发", "Share"),
    "pass.share_copy": Text("复制邀请", "Copy"),
    "pass.share_copied": Text("已复制", "Copied"),
    "pass.share_sms": Text("用短信发送", "Send as a text message"),
    "pass.share_words": Text(
        "邀请您到{place}，{begins} 至 {ends}。怎么进门，请看：{link}",
        "You are invited to {place}, {begins} to {ends}. How to get in: {link}",
    ),
    "pass.invited": Text("邀请您来访", "You are invited"),
    "pass.invited_place": Text("地点", "Place"),
    "pass.invited_gone": Text("这份邀请已经失效", "This invitation is no longer valid"),
    "pass.invited_gone_hint": Text("请与邀请您的人联系。", "Ask whoever invited you."),
    "pass.invited_how": Text("怎么进门", "How to get in"),
    "pass.invited_step_code": Text("打开市民码。", "Open the citizen code."),
    "pass.invited_step_phone": Text(
        "用受邀的手机号登录，首次登录即开户。",
        "Sign in with the phone number that was invited; the first sign-in opens an account.",
    ),
    "pass.invited_step_document": Text(
        "用受邀的证件完成实名。没有手机的，请主人到门口接。",
        "Prove your identity with the document that was invited. Without a phone, your host meets you at the gate.",
    ),
    "pass.invited_step_gate": Text(
        "在上面的时间到门口，向扫码设备亮码。",
        "Come to the gate in the time above and show the code to the reader.",
    ),
    "pass.invited_right": Text(
        "只有受邀的号码能进门，转发这个链接不会让别人进门。",
        "Only the invited number is let in; passing this link on lets nobody else in.",
    ),
    "pass.end": Text("结束邀请", "End the invitation"),
    "pass.end_question": Text("结束对{guest}的邀请？", "End the invitation of {guest}?"),
    "pass.end_hint": Text(
        "{place}，结束后门口不再放行。", "{place}: the gate will not let them in any more."
    ),
    "pass.no_visits": Text("没有人邀请您", "No invitations"),
    "pass.no_visits_hint": Text(
        "请主人用您的手机号邀请，收到后在这里看得到。",
        "Your host invites your phone number; it appears here then.",
    ),
    "pass.entries_left": Text("还可进 {left} 次", "entries left: {left}"),
    "pass.no_passages": Text("没有进出记录", "No passages"),
    "pass.no_passages_hint": Text("各处只保留一段时间。", "Each place keeps them for a limited time."),
    "pass.in": Text("进", "In"),
    "pass.out": Text("出", "Out"),
    "pass.show_code": Text("亮出市民码", "Show my code"),
}
