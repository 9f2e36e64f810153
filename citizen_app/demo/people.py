"""The synthetic citizens and staff of the demo city. None of them exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from citizen_app.citizens.traits import AssuranceLevel
from citizen_app.identity.documents import Document, DocumentKind, check_character
from citizen_app.text import Text

NOWHERE: Final = "329901"
"""Six digits of GB/T 2260 that stand for no place in Jiangsu, and never did."""


@dataclass(frozen=True, slots=True)
class DemoCitizen:
    """A person of the demo city."""

    phone: str
    name: str
    note: Text
    born: date
    claims: tuple[str, ...] = ()
    """What was granted to them; the rest follows from the date of birth."""
    assurance_level: AssuranceLevel = AssuranceLevel.REAL_NAME

    @property
    def document(self) -> Document:
        """The identity card of the person, as the demo city's register has it."""
        sequence = int(self.phone[-3:])
        return Document(DocumentKind.RESIDENT_ID, invented_number(self.born, sequence), self.born)


def invented_number(born: date, sequence: int) -> str:
    """An identity number that nobody has: of a division that was never numbered, right in every other way.
    `sequence` is 0 to 999."""
    first = f"{NOWHERE}{born:%Y%m%d}{sequence:03d}"
    return first + check_character(first)


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """A member of the demo city's staff, with a public password."""

    username: str
    password: str
    totp_secret: str
    role: str
    service: str | None = None


CITIZENS: Final = (
    DemoCitizen(
        "+8613800000001",
        "张晓明",
        Text("成年人", "Adult"),
        date(1990, 3, 7),
    ),
    DemoCitizen(
        "+8613800000002",
        "李秀英",
        Text("老年人", "Senior"),
        date(1950, 10, 1),
    ),
    DemoCitizen(
        "+8613800000003",
        "王子涵",
        Text("学生", "Student"),
        date(2011, 9, 10),
        ("student",),
    ),
    DemoCitizen("+8613800000004", "陈乐乐", Text("儿童", "Child"), date(2024, 3, 15)),
    DemoCitizen(
        "+8613800000005",
        "赵志强",
        Text("残疾人", "Person with a disability"),
        date(1985, 6, 21),
        ("disabled",),
    ),
    DemoCitizen(
        "+8613800000006",
        "孙悦",
        Text("未实名", "Not yet verified"),
        date(1998, 12, 5),
        assurance_level=AssuranceLevel.PHONE,
    ),
)

STAFF: Final = (
    DemoStaff("system-demo", "quiet river bridge 31", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "system_admin"),
    DemoStaff(
        "security-demo", "copper lantern alley 58", "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU", "security_admin"
    ),
    DemoStaff("system2-demo", "second river bridge 83", "MFWHA2DBOJUW4ZLTNBUXAYLMMZSXE3TF", "system_admin"),
    DemoStaff(
        "security2-demo", "brass lantern garden 17", "NFXGC3DMMF2GS3DJNZSXGZLDOJSXIMJS", "security_admin"
    ),
    DemoStaff("auditor-demo", "winter orchard ledger 72", "MFZWIZTHNBVGW3DNMFZWIZTHNBVGW3DN", "auditor"),
    DemoStaff(
        "bus-demo", "seventh stop morning 46", "ONSWG4TFORUW4ZDFONSWG4TFORUW4ZDF", "service_operator", "bus"
    ),
    DemoStaff(
        "pass-demo", "willow gate evening 27", "MJQWY3DPO5SWIZDFNVXWG33EMVZXIYLO", "service_operator", "pass"
    ),
    DemoStaff(
        "hospital-demo",
        "early ward window 73",
        "PFXXK4TTMVWGMIDJONZXKZLEEB2GQZJA",
        "service_operator",
        "hospital",
    ),
    DemoStaff("desk-demo", "paper window lotus 64", "NRXXI5LTFV3WS3TEN53S24DBOBSXE2LO", "desk_clerk"),
    DemoStaff("desk2-demo", "second counter plum 19", "OBWHK3JNMNXXK3TUMVZC243FMNXW4ZBN", "desk_clerk"),
    DemoStaff("finance-demo", "amber abacus harbour 55", "MFRGKZLSEBQWEYLDOVZSA2DBOJRG65LS", "finance_clerk"),
    DemoStaff(
        "finance2-demo", "silver abacus meadow 28", "ONUWY5TFOIQGCYTBMN2XGIDNMVQWI33X", "finance_clerk"
    ),
    DemoStaff("hotline-demo", "evening line sparrow 83", "ONYGC4TSN53S23DJNZSS2ZLWMVXGS3TH", "hotline_clerk"),
)
