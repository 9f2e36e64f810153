"""What things are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from citizen_app.toolkit.contract import Text

KIND_TITLES: Final[Mapping[str, Text]] = {
    "compound": Text("住宅小区", "Residential compound"),
    "factory": Text("工厂园区", "Factory"),
    "checkpoint": Text("交通卡口", "Checkpoint"),
    "institution": Text("公共单位", "Public institution"),
}
ROLE_TITLES: Final[Mapping[str, Text]] = {
    "resident": Text("住户", "Resident"),
    "employee": Text("员工", "Employee"),
    "manager": Text("管理人员", "Management"),
}
BASIS_TITLES: Final[Mapping[str, Text]] = {
    "member": Text("名单内", "On the list"),
    "guest": Text("访客", "Guest"),
    "anyone": Text("凭码通行", "Anyone with a code"),
    "emergency": Text("紧急开放", "Emergency"),
    "none": Text("无通行权", "Without a right"),
}
