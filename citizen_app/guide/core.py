"""What citizens ask about the code itself and about acting for their family; and the desk, where nothing
fits."""

from __future__ import annotations

from typing import Final

from citizen_app.registry.contract import GuideEntry
from citizen_app.settings import Settings
from citizen_app.text import Text

CODE: Final = "code"
FAMILY: Final = "family"
PAGE: Final = "/code"

SYNONYMS: Final[tuple[tuple[str, ...], ...]] = (
    ("市民码", "二维码", "亮码", "出示", "我的码", "动态码", "citizen code", "my code", "the code", "qr", "qr code", "'s code"),
    ("刷新", "更新", "换一个", "refresh", "renew", "new code"),
    ("过期", "失效", "超时", "倒计时", "expired", "expire", "out of date", "no longer valid", "countdown"),
    ("截图", "截屏", "拍照", "照片", "转发", "screenshot", "photo", "picture", "forward"),
    ("字太小", "大字", "字号", "字体", "放大", "看不清", "看不见", "老花", "老年模式", "长辈版", "关怀", "large print", "bigger", "larger", "big letters", "font", "text size", "too small", "hard to read", "elder mode", "cannot read"),
    ("深色", "夜间", "太亮", "刺眼", "dark", "bright", "night mode"),
    ("实名", "认证", "身份证", "真名", "real name", "verify", "identity card", "id card", "passport"),
    ("换号", "换手机号", "新号码", "号码变", "change phone", "new number", "change number"),
    ("退出", "登出", "注销", "下线", "sign out", "log out", "other devices"),
    ("断网", "没网", "没有网络", "没信号", "离线", "offline", "no network", "no signal", "no internet"),
    ("代办", "替", "帮", "代替", "代为", "for my", "on behalf", "for someone", "for her", "for him", "help my"),
    ("监护", "抚养", "护工", "照护", "guardian", "carer", "look after"),
)  # fmt: skip


def _entry(
    entry: str, title: tuple[str, str], answer: tuple[str, str], *asked: str, link: str = PAGE
) -> GuideEntry:
    return GuideEntry(entry, Text(*title), Text(*answer), link, asked)


ABOUT_THE_CODE: Final = (
    _entry(
        "show",
        ("怎样使用市民码？", "How do I use my citizen code?"),
        (
            "登录后打开“亮码”，把二维码对准扫码设备。每个码 60 秒内有效，只能用一次，过后自动换新。",
            "Sign in, open the code page and hold the QR code to the scanner. Each code lasts 60 seconds and one use; a new one follows by itself.",
        ),
        "如何出示二维码", "在哪里打开我的码", "第一次用要做什么", "怎么扫码", "亮码在哪",
        "where is my qr code", "show the code at the gate", "open the citizen code", "how does it work",
    ),
    _entry(
        "refresh",
        ("码过期或已用过，怎么换新的？", "My code has expired or was used. How do I get a new one?"),
        (
            "亮码页会自动刷新；也可以点“刷新”。若总提示过期，请核对手机时间并检查网络。",
            "The code page refreshes by itself, or tap Refresh. If it always reads expired, check the clock of the phone and the network.",
        ),
        "二维码失效", "提示码已过期", "码刷新不了", "提示此码已使用", "码一直转圈不出来", "二维码打不开",
        "code already used", "the code has run out", "code does not refresh",
    ),
    _entry(
        "screenshot",
        ("截图或打印的码能用吗？", "Does a screenshot of the code work?"),
        (
            "不能。码每分钟更换、用一次即作废，截图和转发的码会被拒绝；请打开亮码页出示。",
            "No. The code changes each minute and is good for one use, so screenshots and forwarded pictures are refused. Show the live page.",
        ),
        "把码拍下来给别人用", "转发二维码给朋友", "保存二维码图片", "send my code to somebody", "save the code as a picture", "print my code",
    ),
    _entry(
        "without_phone",
        ("没有智能手机怎么办？", "What if I have no smartphone?"),
        (
            "带身份证件到市民服务窗口，工作人员当面为您办理；家人也可以成为您的照护人，用他们的手机代您出示。",
            "Take your identity document to the citizen desk, where staff serve you in person; or a relative becomes your carer and shows your code on their phone.",
        ),
        "老人不会用手机", "手机没电了", "没带手机", "老年机能用吗", "手机坏了", "不会操作",
        "my phone is dead", "grandpa has no smartphone", "forgot my phone at home", "i cannot use a phone",
    ),
    _entry(
        "lost_phone",
        ("手机丢了，我的码会被别人用吗？", "I lost my phone. Can others use my code?"),
        (
            "请尽快在另一部手机上登录，在“登录的设备”里让旧手机退出，旧手机上的码随即失效；也可以到窗口或打热线办理。",
            "Sign in on another phone soon and sign the lost one out under your sign-ins: its codes end at once. The desk or the hotline can do it too.",
        ),
        "手机被偷了怎么办", "怎么让旧手机退出登录", "挂失", "换了新手机",
        "my phone was stolen", "sign out my old phone", "block my code", "new phone",
    ),
    _entry(
        "usage",
        ("谁扫过我的码？在哪里看使用记录？", "Who has scanned my code? Where is my usage log?"),
        (
            "亮码页下方的使用记录列出每一次：哪个服务、在哪里、结果如何、对方看到了您的哪些信息，被拒绝的也在内。",
            "The log below your code lists every use: which service, where, the result and what it was shown of you, refused ones included.",
        ),
        "我的码在哪里用过", "使用记录", "扫码记录", "最近用码情况", "哪些地方刷过我的码",
        "where was my code used", "history of scans", "usage history",
    ),
    _entry(
        "dispute",
        ("记录里有一次不是我本人，怎么办？", "An entry in my log was not me. What now?"),
        (
            "在那条使用记录上点“这不是我”，再点一次确认。该服务会核查；若担心账号被盗，请同时让其他设备退出登录。",
            "Tap “This was not me” on that entry and confirm. The service looks into it; if you fear for your account, sign out your other devices too.",
        ),
        "有人冒用我的码", "我没有去过那里", "记录不对", "怀疑被盗用", "码被别人用了",
        "somebody used my code", "i was never there", "report a wrong entry",
    ),
    _entry(
        "looks",
        ("谁查看过我的个人信息？", "Who has looked at my data?"),
        (
            "“谁看过我”列出每一次查看：哪个部门、以什么身份、何时、为什么。需要核实时，请报出那一条的编号。",
            "“Who has looked” lists each time: which office, in which role, when and why. Quote the entry's number when you ask about it.",
        ),
        "工作人员看了我的资料", "谁查过我", "我的信息被谁看了", "隐私有没有被查",
        "did staff read my data", "who accessed my information", "privacy",
    ),
    _entry(
        "large_type",
        ("字太小，怎么放大？", "The letters are too small. How do I enlarge them?"),
        (
            "点页面上方的“字号”，选“大”或“特大”；二维码不会变小。夜里可以换成深色。",
            "Tap Text size at the top of the page and choose large or largest; the QR code never shrinks. Dark mode is beside it.",
        ),
        "有没有老年版", "怎么调字体大小", "眼睛不好看不清楚", "长辈模式", "屏幕太亮",
        "make the text bigger", "elderly mode", "dark mode", "i can't read the screen",
    ),
    _entry(
        "sign_in",
        ("收不到验证码，登录不了怎么办？", "No OTP arrives and I cannot sign in. What can I do?"),
        (
            "核对手机号，一分钟后再发一次，并查看短信是否被拦截。仍收不到时，请带身份证件到窗口。",
            "Check the number, ask again after a minute, and look whether the message was blocked. If none comes, take your identity document to the desk.",
        ),
        "登录失败", "短信验证码没来", "忘记密码", "怎么登录", "怎么注册账号",
        "can't sign in", "how do i log in", "no text message", "create an account",
    ),
    _entry(
        "change_phone",
        ("换了手机号怎么办？", "I have a new phone number. What now?"),
        (
            "旧号码还能收短信时，登录后更改；收不到时，请带身份证件到窗口办理，记录和权益都保留。",
            "While the old number still gets messages, sign in and change it; otherwise take your identity document to the desk. Your log and your rights stay.",
        ),
        "更换号码", "原来的号码停用了", "手机号码变了", "change my number", "my old number is gone",
    ),
    _entry(
        "real_name",
        ("怎样实名认证？", "How do I verify my name?"),
        (
            "在“我的”里填写姓名和证件号码，当即核验；港澳台居民居住证、外国人永久居留证和护照也可以。办不成时请到窗口。",
            "Enter your name and document number under Mine; they are checked right away. Residence permits and passports do as well. If it fails, go to the desk.",
        ),
        "身份证认证", "认证失败", "需要更高等级", "外国人怎么认证", "verify my identity", "passport registration", "stronger identification needed",
    ),
    _entry(
        "offline",
        ("没有网络时能用吗？", "Does it work without a network?"),
        (
            "出示动态码时手机要联网。扫码设备断网不影响您：它先记下，联网后补传，记录里会标明。",
            "Your phone needs the network to show a live code. A scanner without one keeps what it read and hands it in later; your log says so.",
        ),
        "手机没信号", "断网怎么出示", "地下室没有网", "no signal underground", "use it offline",
    ),
    _entry(
        "fields",
        ("各项服务能看到我的哪些信息？", "What do services see of me?"),
        (
            "只看得到它声明并经批准的几项，例如票价类别；身份证号、手机号和姓名全文都不会给。每次给了什么，使用记录里都写着。",
            "Only the few fields that it declares and the city approves, such as a fare class; never your number, phone or full name. Each entry of your log says what was shown.",
        ),
        "会不会泄露身份证号", "授权给了谁", "撤回授权", "同意过什么", "what data is shared", "withdraw my consent", "does the shop see my name",
    ),
)  # fmt: skip

ABOUT_THE_FAMILY: Final = (
    _entry(
        "show_ward",
        ("怎样替家人出示他们的码？", "How do I show a relative's code?"),
        (
            "先成为其监护人、照护人或代办人；之后在亮码页上方选择家人，屏幕写明“您正在出示谁的码”。双方的记录里都看得到。",
            "Become their guardian, carer or agent first. Then choose them at the top of the code page, which says whose code you show. Both logs have it.",
        ),
        "替爸爸亮码", "给奶奶出示二维码", "帮老人刷码", "代家人出示", "用我的手机给妈妈扫",
        "show the code of my father", "use my phone for grandma's code", "scan for my parents",
    ),
    _entry(
        "child",
        ("孩子没有手机，怎么用码？", "My child has no phone. How do they use a code?"),
        (
            "监护人为孩子开户，用自己的手机出示孩子的码，乘车、进小区都按孩子的身份计。满 14 岁要经本人同意，满 18 岁自动结束。",
            "A guardian opens an account for the child and shows the child's code on their own phone; fares and gates count it as the child's. From 14 the child is asked, at 18 it ends.",
        ),
        "给小孩开户", "小孩怎么刷码坐公交", "没手机的学生", "孩子的码在哪", "未成年人怎么办理",
        "account for my kid", "my son has no mobile and takes the bus", "children without a phone",
    ),
    _entry(
        "add",
        ("怎样添加家人？", "How do I add family?"),
        (
            "在“家人”里输入对方手机号发出邀请，对方接受后生效；没有手机的家人，请带证件一同到窗口办理。可选哪些服务、到什么时候。",
            "Invite them under Family by their phone number; it begins when they accept. For relatives without a phone, come to the desk together with documents. Choose services and an end.",
        ),
        "绑定家属", "加爸妈", "成为照护人", "家庭成员怎么加", "接受家人邀请", "申请监护人",
        "link my parents", "invite a family member", "become a carer", "add my husband",
    ),
    _entry(
        "revoke",
        ("怎样收回给家人的授权？", "How do I end what a relative may do for me?"),
        (
            "在“家人”里点“结束”。双方都可以随时结束，一秒内生效，之后的扫码会被拒绝。",
            "Tap End under Family. Either side can, at any time; it holds within a second, and later scans are refused.",
        ),
        "解除家人绑定", "不让儿子代我出示", "删除家庭成员", "取消代办", "停止别人用我的码", "收回女儿的权限",
        "remove my daughter", "stop my son using my code", "end the delegation", "unlink family",
    ),
    _entry(
        "what_they_did",
        ("家人替我做了什么，在哪里看？", "Where do I see what relatives did for me?"),
        (
            "使用记录写明每次是本人还是谁代办；代办人自己的记录里也有。",
            "Your log says for each entry whether it was you or who acted for you; their own log has it too.",
        ),
        "女儿用我的码去了哪里", "代办记录", "what did my carer do", "log of my guardian",
    ),
)  # fmt: skip


def desk_entry(settings: Settings) -> GuideEntry:
    """The answer where nothing fits: people, at the city's counter and on its hotline."""
    places = {"counter": settings.counter, "hotline": settings.hotline}
    return GuideEntry(
        "desk",
        Text("找人工服务", "Ask a person"),
        Text(
            "这里没有合适的答案。请到{counter}，或拨打热线 {hotline}，工作人员会帮您办理。",
            "There is no good answer here. Go to {counter} or call the hotline {hotline}: people there will help.",
        ).fill(**places),
        "/",
        (
            "人工",
            "窗口",
            "热线",
            "客服",
            "电话多少",
            "投诉",
            "desk",
            "counter",
            "hotline",
            "talk to a person",
            "customer service",
        ),
    )
