"""The smallest declaration of a service with a queue."""

from citizen_app.toolkit.contract import DetailCode, Field, Permission, Purpose, Scope, ServiceModule, Text

CALLS = Permission("calls", Text("叫号", "Call numbers"))
SERVICE = ServiceModule(
    id="counter",
    version="1.0.0",
    toolkit_api=1,
    title=Text("办事大厅", "Service hall"),
    summary=Text("用于测试取号和叫号", "Used by tests of queues"),
    owner=Text("测试处", "Test office"),
    icon="probe",
    category="community",
    permissions=(CALLS,),
    scopes=(
        Scope("masked_name", Text("叫到号时显示", "Shown when you are called")),
        Scope("veteran", Text("用于优先叫号", "To call you first")),
    ),
    details=(
        DetailCode(
            "no_queue",
            Text("今天不办这项业务", "Not today"),
            Text("请到服务台询问。", "Please ask at the desk."),
        ),
    ),
    purposes=(
        Purpose(
            id="take_number",
            title=Text("取号", "Take a number"),
            context=(Field("matter", "string", Text("事项", "Matter"), maximum=40),),
        ),
    ),
)
