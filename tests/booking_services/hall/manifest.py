"""The smallest declaration."""

from citizen_app.toolkit.contract import Purpose, ServiceModule, Text

SERVICE = ServiceModule(
    id="hall",
    version="1.0.0",
    toolkit_api=1,
    title=Text("礼堂", "Hall"),
    summary=Text("用于测试预约", "Used by tests of booking"),
    owner=Text("测试处", "Test office"),
    icon="probe",
    category="community",
    purposes=(Purpose(id="enter", title=Text("入场", "Enter")),),
)
