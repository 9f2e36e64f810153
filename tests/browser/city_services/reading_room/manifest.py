"""The declaration."""

from __future__ import annotations

from citizen_app.toolkit.contract import TOOLKIT_API, DetailCode, Field, Purpose, Scope, ServiceModule, Text

SERVICE = ServiceModule(
    id="reading_room",
    version="1.0.0",
    toolkit_api=TOOLKIT_API,
    title=Text("阅览室", "Reading room"),
    summary=Text("借书、入室", "Borrow and enter"),
    owner=Text("测试", "Tests"),
    icon="book",
    category="culture",
    purposes=(
        Purpose(
            "borrow",
            Text("借书", "Borrow"),
            session_seconds=60,
            session_purposes=("enter",),
            context=(Field("barcode", "string", Text("图书条码", "Barcode of the book"), each_scan=True),),
        ),
        Purpose(
            "enter",
            Text("入室", "Enter"),
            context=(
                Field("room", "string", Text("房间", "Room"), required=False, listed=True),
                Field(
                    "seat",
                    "string",
                    Text("座位区", "Seats"),
                    required=False,
                    listed=True,
                    depends_on=("room",),
                ),
            ),
        ),
    ),
    scopes=(Scope("masked_name", Text("核对读者", "To check the reader"), essential=True),),
    details=(
        DetailCode(
            "no_such_book",
            Text("没有这本书", "No such book"),
            Text("请到服务台询问", "Please ask at the desk"),
        ),
    ),
)
