"""What residents, guests and managers ask, and the answers; and the words of coming and going that mean the
same."""

from __future__ import annotations

from typing import Final

from citizen_app.toolkit.contract import GuideEntry, Text

SYNONYMS: Final = (
    ("邀请", "约人", "请人", "请客人", "要来", "来访", "来我家", "来找我", "上门", "invite", "invitation", "inviting"),
    ("小区", "院子", "社区", "我家", "家里", "楼下", "公寓", "compound", "estate", "home", "neighbourhood", "apartment", "my place", "flat"),
    ("工厂", "厂区", "厂里", "园区", "公司", "单位", "工地", "上班", "factory", "plant", "company", "office", "workplace", "site"),
    ("门禁", "门口", "大门", "闸机", "道闸", "栏杆", "门卫", "保安", "门岗", "gate", "door", "entrance", "barrier", "guard"),
    ("进门", "进入", "进小区", "进去", "入内", "放行", "通行", "enter", "get in", "entry", "let in", "come in", "access", "go in"),
    ("快递", "外卖", "送货", "送餐", "维修", "师傅", "保洁", "搬家", "装修", "家政", "courier", "delivery", "repairman", "plumber", "cleaner", "movers"),
    ("租户", "租客", "租房", "租的", "出租", "房客", "房东", "新搬来", "业主", "住户", "tenant", "renter", "rent", "landlord", "moved in", "resident", "owner"),
    ("员工", "职工", "入职", "新员工", "employee", "staff", "worker", "new job"),
    ("进过", "来过", "出入记录", "进出记录", "通行记录", "几点进", "几点来", "came in", "have come", "been here", "entered", "visited", "arrived", "passages"),
    ("名单", "白名单", "名册", "on the list", "whitelist"),
    ("车牌", "开车", "停车", "车辆", "的车", "车子", "plate", "car", "parking", "drive"),
    ("管理员", "物业", "管理处", "manager", "management", "property office"),
)  # fmt: skip


def _entry(entry: str, title: tuple[str, str], answer: tuple[str, str], link: str, *asked: str) -> GuideEntry:
    return GuideEntry(entry, Text(*title), Text(*answer), link, asked)


GUIDE: Final = (
    _entry(
        "invite",
        ("怎样邀请访客进来？", "How do I invite a guest?"),
        (
            "在“我的访客”里填写客人的手机号、事由和时间。客人到门口出示自己的市民码就能进，快递、维修上门也一样。",
            "Under My guests give the guest's phone number, the reason and the time. At the gate they show their own citizen code; couriers and repairers do the same.",
        ),
        "guests/new",
        "邀请朋友来家里", "访客邀请", "客人要来", "亲戚来家里怎么开门", "朋友来访怎么登记", "外卖进小区", "装修师傅上门怎么进", "给客人开门禁", "访客码", "保洁阿姨怎么进门", "预约来访",
        "let my friend into the compound", "visitor code", "a plumber comes to my flat", "delivery to my door", "guest pass", "my parents visit me",
    ),
    _entry(
        "end_invitation",
        ("怎样收回对访客的邀请？", "How do I take an invitation back?"),
        (
            "在“我的访客”里打开那份邀请，点“收回”。下一次扫码就进不来了。",
            "Open the invitation under My guests and end it; it holds from the next scan on.",
        ),
        "guests",
        "不让客人来了", "撤销访客", "去掉一位访客", "邀请错了人", "改访客时间", "删除邀请", "客人不来了",
        "cancel a visit", "remove my guest", "invited the wrong person", "change the time of an invitation",
    ),
    _entry(
        "guests",
        ("我邀请的客人来过没有？谁进过？", "Have my guests come? Who came in?"),
        (
            "“我的访客”写明每份邀请用过几次；您本人的进出在“我的通行”。别人的进出只有该处管理人员能看，看了会告诉本人。",
            "My guests says how often each invitation was used, My passages when you yourself went in and out. Others' passages are seen by the place's managers alone, and whoever was seen is told.",
        ),
        "guests",
        "客人到了吗", "访客记录", "有谁来过我家", "小区出入记录", "我几点进的小区", "查看通行记录", "谁进了我们楼",
        "has my visitor arrived", "who visited my home", "list of my guests", "when did I enter the compound", "entry log",
    ),
    _entry(
        "join",
        ("怎样加入小区、工厂或单位？", "How do I join a compound, a factory or an office?"),
        (
            "在“地点”里按名称找到它，填写身份和住处或部门后申请，由该处管理人员审批；通过后刷市民码进门。租户、业主、员工都一样。",
            "Find the place by name, say as what you belong there and apply; its managers decide. Then your citizen code opens the gate. Tenants, owners and staff do the same.",
        ),
        "places",
        "新搬来怎么开通门禁", "办理小区通行", "租房登记", "业主怎么加进名单", "新员工进厂", "公司门禁怎么开通", "给家人开通小区门禁", "入职第一天怎么进厂", "办门禁卡",
        "i just moved in", "register as a tenant", "access to my company's gate", "new employee factory gate", "get on the list of my estate", "key card",
    ),
    _entry(
        "refused",
        ("门口刷码不让进，怎么办？", "The gate refuses my code. What can I do?"),
        (
            "屏幕写着原因：不在名单内，请申请加入或请主人邀请；已过有效期或次数用完，请重新邀请；时间不对，请在约定的时间来。仍进不去时请找保安或管理处。",
            "The screen says why: not on the list, so apply or ask your host; used up or over, so ask to be invited again; too early, so come at the agreed time. Otherwise ask the guard or the management.",
        ),
        "places",
        "门禁没反应", "提示不在名单内", "显示已过有效期", "邀请次数用完", "保安不让进", "闸机扫不上码", "为什么进不了小区", "通行权已暂停",
        "not on the list", "gate does not open", "invitation already used", "the guard does not let me in", "the barrier stays closed", "my pass is suspended",
    ),
    _entry(
        "application",
        ("我的加入申请到哪一步了？", "What became of my application?"),
        (
            "“我的申请”里看得到是否通过；没通过会写明原因，可以补充后再申请。",
            "My applications says whether it was approved; if not, why, and you can apply again.",
        ),
        "applications",
        "申请多久通过", "审批进度", "申请被拒了", "撤回申请", "物业还没审核", "application status", "my application was refused", "withdraw my application",
    ),
    _entry(
        "visits",
        ("别人邀请我，我怎么进去？", "Somebody invited me. How do I get in?"),
        (
            "请主人填您的手机号；到时在门口出示自己的市民码即可，不用主人下楼。“邀请我的”列出时间和地点。",
            "Give your host your phone number, and show your own citizen code at the gate at that time; nobody needs to come down. Invitations to me lists place and time.",
        ),
        "visits",
        "我去朋友家怎么进", "受邀访客怎么刷码", "去亲戚家做客", "我是访客", "i was invited", "i visit a friend, what do I show", "guest at the gate",
    ),
    _entry(
        "manage",
        ("管理人员怎样审批申请、管理名单？", "How do managers decide applications and keep the list?"),
        (
            "身份为管理人员的成员打开该处的管理页，可审批申请、暂停或撤销成员、紧急开放和清点人数。名单由服务的操作员导入。",
            "A member who is a manager opens the place's desk: decide applications, suspend or revoke members, open all gates in an emergency, count heads. Lists are imported by operators.",
        ),
        "",
        "物业怎么审核业主", "批量导入住户", "紧急开门", "清点人数", "approve residents", "emergency open all gates", "muster list", "import a list of people",
    ),
    _entry(
        "car",
        ("访客开车来怎么登记车牌？", "My guest comes by car. Where does the plate go?"),
        (
            "邀请时填写车牌号，保安在设备上看得到；人仍要出示市民码。",
            "Write the plate into the invitation; the guard sees it on the screen. The person still shows the code.",
        ),
        "guests/new",
        "朋友的车怎么进小区", "外来车辆进入", "车牌登记", "register a number plate", "guest parking", "visitor's car",
    ),
)  # fmt: skip
