"""The smallest declaration."""

from citizen_app.toolkit.contract import Purpose, ServiceModule, Text

SERVICE = ServiceModule(
    id="archive",
    version="1.0.0",
    toolkit_api=1,
    title=Text("档案馆", "Archive"),
    summary=Text("用于测试业务台账", "Used by tests of offices"),
    owner=Text("测试处", "Test office"),
    icon="probe",
    category="community",
    partner_scopes={"rooms": Text("查看房间", "See rooms"), "notes": Text("提交留言", "Hand in notes")},
    purposes=(Purpose(id="enter", title=Text("入馆", "Enter")),),
)
