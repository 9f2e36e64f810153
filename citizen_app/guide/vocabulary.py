"""Words of everyday questions that mean the same, in both languages; each service adds the words of its own
field.

`#` stands for a number. An expression of one group may stand in another: both are meant then.
"""

from __future__ import annotations

from typing import Final

EVERYDAY: Final[tuple[tuple[str, ...], ...]] = (
    ("多少钱", "几块", "几元", "要多少", "要钱", "花钱", "收费", "费用", "价格", "价钱", "票价", "how much", "price", "cost", "fee", "fare"),
    ("免费", "不要钱", "不花钱", "免票", "free", "free of charge"),
    ("优惠", "打折", "折扣", "几折", "半价", "半票", "减免", "优待", "discount", "reduced", "concession", "half price", "half fare", "cheaper"),
    ("老人", "老年人", "长辈", "奶奶", "爷爷", "外婆", "外公", "姥姥", "姥爷", "#岁", "senior", "elderly", "older people", "old people", "pensioner", "retired", "grandma", "grandpa", "grandmother", "grandfather", "years old"),
    ("家人", "家属", "亲人", "家里人", "亲属", "爸", "妈", "父亲", "母亲", "父母", "女儿", "儿子", "老伴", "老公", "老婆", "丈夫", "妻子", "奶奶", "爷爷", "外婆", "外公", "孙子", "孙女", "family", "relative", "mother", "father", "mum", "mom", "dad", "parents", "daughter", "son", "husband", "wife", "grandma", "grandpa", "grandmother", "grandfather"),
    ("孩子", "小孩", "儿童", "小朋友", "娃", "未成年", "小学生", "孙子", "孙女", "child", "children", "kid", "minor"),
    ("学生", "中学生", "大学生", "小学生", "上学", "student", "pupil", "school"),
    ("残疾", "残障", "盲人", "轮椅", "disabled", "disability", "wheelchair", "blind"),
    ("退伍", "军人", "优抚", "烈属", "veteran", "soldier"),
    ("手机", "智能机", "phone", "mobile", "smartphone", "cell phone"),
    ("没有手机", "没手机", "不带手机", "不会用手机", "不会用智能机", "老年机", "without a phone", "no phone", "no smartphone", "don't have a phone", "doesn't have a phone", "has no phone"),
    ("丢", "遗失", "不见了", "找不到", "被偷", "掉了", "落在", "忘在", "lost", "lose", "stolen", "missing", "left my", "forgot"),
    ("取消", "撤销", "撤回", "收回", "解除", "解绑", "停止", "终止", "作废", "删除", "删掉", "去掉", "移除", "不想让", "不让", "不再", "cancel", "delete", "revoke", "withdraw", "stop", "end", "undo", "remove", "take back", "no longer"),
    ("添加", "增加", "加上", "加进", "绑定", "关联", "加家人", "加人", "add", "link", "connect", "set up"),
    ("什么时候", "几点", "多久", "多长时间", "when", "what time", "how long", "how soon"),
    ("错", "不对", "有误", "误扣", "wrong", "mistake", "incorrect", "error"),
    ("投诉", "申诉", "反馈", "举报", "反映", "维权", "complain", "complaint", "dispute", "report", "appeal"),
    ("记录", "历史", "明细", "流水", "清单", "record", "history", "log", "list"),
    ("登记", "注册", "申请", "报名", "加入", "录入", "开通", "register", "apply", "application", "sign up", "join", "enrol"),
    ("刷不开", "打不开", "进不去", "进不了", "不让进", "不让过", "刷不了", "扫不上", "扫不了", "没反应", "失败", "用不了", "被拒", "拒绝", "not work", "doesn't work", "not working", "won't open", "does not open", "doesn't open", "refused", "denied", "rejected", "failed", "not let in", "won't let me"),
    ("扫", "刷", "扫码", "刷码", "scan", "scanned", "scanner"),
    ("不是我", "不是本人", "非本人", "没去过", "没坐过", "没刷过", "别人用", "冒用", "盗用", "盗刷", "not me", "not mine", "not my", "wasn't me", "was not me", "someone else used", "somebody else used", "never went", "unauthorised"),
    ("个人信息", "我的信息", "信息", "资料", "隐私", "数据", "personal data", "my data", "information", "details", "privacy"),
    ("谁看", "看过", "查过", "查看过", "被看", "偷看", "looked at", "who looked", "viewed", "who saw", "has seen", "accessed"),
    ("语言", "英文", "英语", "中文", "language", "english", "chinese"),
    ("密码", "验证码", "短信", "password", "otp", "verification code", "sms", "text message"),
    ("朋友", "亲戚", "客人", "访客", "来客", "同学", "同事", "guest", "visitor", "friend", "visit"),
)  # fmt: skip
