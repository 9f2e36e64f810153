"""One purpose for each behaviour that the pipeline must cope with."""

from citizen_app.toolkit.contract import (
    DetailCode,
    Field,
    OfflinePolicy,
    Purpose,
    Scope,
    ServiceModule,
    Text,
)


def _purpose(name: str, **rules: object) -> Purpose:
    return Purpose(id=name, title=Text(f"试验 {name}", f"Probe {name}"), **rules)  # type: ignore[arg-type]


SERVICE = ServiceModule(
    id="probe",
    version="1.0.0",
    toolkit_api=1,
    title=Text("探针", "Probe"),
    summary=Text("用于测试", "Used by tests"),
    owner=Text("测试处", "Test office"),
    icon="probe",
    category="community",
    scopes=(
        Scope(
            "senior",
            Text("计价", "To rate"),
            basis="legal_duty",
            law=Text("《试验条例》第一条", "Rules of trial, art. 1"),
        ),
        Scope("masked_name", Text("核对", "To compare")),
    ),
    purposes=(
        _purpose("enter", offline=OfflinePolicy(online_codes=True)),
        _purpose("online_only_now"),
        _purpose("verified", minimum_assurance=2),
        _purpose("paper_only", kinds=("paper",)),
        _purpose("go_on", session_seconds=120, session_purposes=("ask", "paper_only")),
        _purpose(
            "ask",
            context=(
                Field("desk", "string", Text("窗口", "Desk"), required=False),
                Field("floor", "integer", Text("楼层", "Floor"), required=False, default=1),
            ),
        ),
        _purpose("refuse"),
        _purpose(
            "by_poster",
            kinds=("online", "delegate", "place"),
            session_seconds=60,
            context=(Field("desk", "string", Text("窗口", "Desk"), required=False),),
        ),
        _purpose("poster_refuses", kinds=("place",)),
        _purpose("poster_asks", kinds=("place",)),
        _purpose("poster_verified", kinds=("place",), minimum_assurance=2),
        _purpose("undeclared_refusal"),
        _purpose("crash"),
        _purpose("slow"),
        _purpose("too_curious"),
        _purpose("reads", context=(Field("fields", "string", Text("读哪些", "Reads")),)),
        _purpose("wrong_answer"),
        _purpose("wordless"),
        _purpose("wordless_line"),
        _purpose("breaks_database"),
        _purpose("grants_resident"),
        _purpose("ends_resident"),
        _purpose("grants_student"),
        _purpose(
            "with_context",
            offline=OfflinePolicy(online_codes=True),
            context=(
                Field("gate", "string", Text("门", "Gate")),
                Field("lane", "integer", Text("道", "Lane"), required=False),
                Field("direction", "string", Text("方向", "Direction"), required=False, default="in"),
            ),
        ),
    ),
    partner_scopes={"read": Text("读取", "Read"), "write": Text("写入", "Write")},
    issues_claims=("resident",),
    details=(DetailCode("not_today", Text("今天不行", "Not today"), Text("明天再来", "Come back tomorrow")),),
    settings=(Field("greeting", "string", Text("问候", "Greeting"), default="你好"),),
)
