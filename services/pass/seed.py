"""Demo data: a compound, a factory, a checkpoint and a library, with the demo citizens on the lists, a guest
of the compound, and two posters at the counter of the library: to sign in, and to sign out."""

from __future__ import annotations

from datetime import time, timedelta
from functools import partial
from typing import Final

from sqlalchemy import select

from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import new_id, session
from citizen_app.toolkit.people import KnownBy, contact_ref
from citizen_app.toolkit.seeding import DemoCity, DemoPerson, Seed, SeedKiosk, SeedPoster
from citizen_app.toolkit.time import now

from .manifest import SERVICE
from .models import PassGate, PassInvitation, PassPlace
from .operations.hours import Hours, Window
from .operations.invitations import Wanted, invite
from .operations.members import add_member, listed_under
from .operations.places import bind_kiosk, create_gate, create_place
from .operations.policy import Policy
from .snapshot import rules_of

COMPOUND: Final = Text("骆马湖花园", "Luoma Lake Gardens")
FACTORY: Final = Text("运河纺织厂", "Canal Textile Works")
LIBRARY: Final = Text("市图书馆", "City Library")
CHECKPOINT: Final = Text("骆马湖大道卡口", "Luoma Lake Avenue checkpoint")
VISITORS: Final = Hours({"guest": (Window(time(6), time(23)),), "member": (), "anyone": ()})
GATES: Final = {
    COMPOUND: ("E1", Text("东门", "East gate")),
    FACTORY: ("S1", Text("南门", "South gate")),
    CHECKPOINT: ("K1", Text("一号通道", "Lane 1")),
    LIBRARY: ("D1", Text("一楼服务台", "Ground-floor desk")),
}
POSTERS: Final = (("sign_in", "市图书馆 海报"), ("sign_out", "市图书馆 离开海报"))
"""The purpose of each, and the name by which it is found at the next load."""
VISIT: Final = timedelta(hours=72)


def seed(demo: DemoCity) -> Seed:
    """Four places once; the guest's window is moved to the present at every load."""
    compound = _place("compound", COMPOUND, Policy(), VISITORS)
    factory = _place("factory", FACTORY, Policy(anti_passback="soft", claims_allowed=False), Hours())
    checkpoint = _place("checkpoint", CHECKPOINT, Policy(admits="anyone", inviters="nobody"), Hours())
    library = _place("institution", LIBRARY, Policy(admits="anyone", inviters="nobody"), Hours())
    for number, person in enumerate(demo.citizens, 1):
        if number in (1, 2):
            role = "manager" if number == 1 else "resident"
            _member(compound, person, role, f"3-2-120{number}")
        elif number in (5, 6):
            _member(factory, person, "employee", "织造一车间")
    if len(demo.citizens) > 2:
        _guest(compound, demo.citizens[1], demo.citizens[2])
    return Seed(
        tuple(
            _kiosk(place, name)
            for place, name in ((compound, COMPOUND), (factory, FACTORY), (checkpoint, CHECKPOINT))
        ),
        tuple(_poster(library, purpose, name) for purpose, name in POSTERS),
    )


def _place(kind: str, name: Text, policy: Policy, hours: Hours) -> PassPlace:
    found = session().scalars(select(PassPlace).where(PassPlace.name_zh == name.zh)).first()
    if found is None:
        found = create_place(kind, name, policy=policy, hours=hours)
        code, called = GATES[name]
        create_gate(found, code, called, "both")
    return found


def _member(place: PassPlace, person: DemoPerson, role: str, unit: str) -> None:
    if not listed_under(place.id, contact_ref(SERVICE.id, person.phone), None):
        add_member(place.id, KnownBy(person.phone), role=role, unit=unit, name=person.name)


def _guest(place: PassPlace, host: DemoPerson, guest: DemoPerson) -> None:
    (member,) = listed_under(place.id, contact_ref(SERVICE.id, host.phone), None)
    moment, contact = now(), contact_ref(SERVICE.id, guest.phone)
    found = (
        session()
        .scalars(
            select(PassInvitation).where(
                PassInvitation.place_id == place.id, PassInvitation.contact_ref == contact
            )
        )
        .first()
    )
    if found is None:
        wanted = Wanted(KnownBy(guest.phone), guest.name, "探亲", moment, moment + VISIT, None)
        found, _ = invite(rules_of(place), member, new_id(), wanted)
    found.ends_at = moment + VISIT
    session().flush()


def _gate(place: PassPlace) -> PassGate:
    gates = select(PassGate).where(PassGate.place_id == place.id).order_by(PassGate.code)
    gate = session().scalars(gates).first()
    assert gate is not None  # made with the place
    return gate


def _poster(place: PassPlace, purpose: str, name: str) -> SeedPoster:
    gate = _gate(place)
    called = Text(gate.name_zh, gate.name_en)
    return SeedPoster(
        name=name,
        place=Text("{place}{gate}", "{place}, {gate}").fill(place=LIBRARY, gate=called),
        purpose=purpose,
        hung=partial(bind_kiosk, gate),
    )


def _kiosk(place: PassPlace, name: Text) -> SeedKiosk:
    gate = _gate(place)
    return SeedKiosk(
        name=f"{name.zh} {gate.name_zh}",
        purposes=("enter", "exit"),
        place=Text("{place}{gate}", "{place}, {gate}").fill(
            place=name, gate=Text(gate.name_zh, gate.name_en)
        ),
        context={"gate": gate.code},
        enrolled=partial(bind_kiosk, gate),
    )
