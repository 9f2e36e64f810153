"""The synthetic citizens and staff of the demo city. None of them exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from citizen_app.citizens.traits import AgeBand, AssuranceLevel, FareClass
from citizen_app.text import Text


@dataclass(frozen=True, slots=True)
class DemoCitizen:
    """A person of the demo city."""

    phone: str
    name: str
    fare_class: FareClass
    age_band: AgeBand
    note: Text
    assurance_level: AssuranceLevel = AssuranceLevel.REAL_NAME


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """A member of the demo city's staff, with a public password."""

    username: str
    password: str
    totp_secret: str
    role: str
    service: str | None = None


CITIZENS: Final = (
    DemoCitizen("+8613800000001", "张晓明", FareClass.ADULT, AgeBand.FROM_18, Text("成年人", "Adult")),
    DemoCitizen("+8613800000002", "李秀英", FareClass.SENIOR, AgeBand.FROM_70, Text("老年人", "Senior")),
    DemoCitizen("+8613800000003", "王子涵", FareClass.STUDENT, AgeBand.FROM_14, Text("学生", "Student")),
    DemoCitizen("+8613800000004", "陈乐乐", FareClass.CHILD, AgeBand.UNDER_6, Text("儿童", "Child")),
    DemoCitizen(
        "+8613800000005",
        "赵志强",
        FareClass.DISABLED,
        AgeBand.FROM_18,
        Text("残疾人", "Person with a disability"),
    ),
    DemoCitizen(
        "+8613800000006",
        "孙悦",
        FareClass.ADULT,
        AgeBand.UNKNOWN,
        Text("未实名", "Not yet verified"),
        AssuranceLevel.PHONE,
    ),
)

STAFF: Final = (
    DemoStaff("system-demo", "quiet river bridge 31", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "system_admin"),
    DemoStaff(
        "security-demo", "copper lantern alley 58", "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU", "security_admin"
    ),
    DemoStaff("auditor-demo", "winter orchard ledger 72", "MFZWIZTHNBVGW3DNMFZWIZTHNBVGW3DN", "auditor"),
    DemoStaff(
        "bus-demo", "seventh stop morning 46", "ONSWG4TFORUW4ZDFONSWG4TFORUW4ZDF", "service_operator", "bus"
    ),
    DemoStaff(
        "pass-demo", "willow gate evening 27", "MJQWY3DPO5SWIZDFNVXWG33EMVZXIYLO", "service_operator", "pass"
    ),
)
