"""The city's privacy notice: its text, and what accepting it agrees to.

A version names both, as `2-5f3a9c1d`: the number of the text, and a digest of the fields that enabled
services ask for with it. So nobody agrees to anything but what they were shown, and a service that asks for
more makes a new version without anybody thinking of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, select

from citizen_app.clock import now
from citizen_app.consent.models import PublishedNotice
from citizen_app.consent.terms import Terms, terms_of
from citizen_app.registry.contract import Scope
from citizen_app.registry.modules import InstalledModule, current_registry
from citizen_app.registry.state import Standing, enabled_modules, standing_of, stored_standings
from citizen_app.settings import current_settings
from citizen_app.storage.cached_values import CachedValue, invalidate
from citizen_app.storage.orm import db, table_of
from citizen_app.storage.transactions import current_connection
from citizen_app.text import Text
from citizen_app.wire.json_text import canonical_json

FIRST: Final = 1
"""The number of the text that comes with the software; what a city publishes is numbered from 2."""
SUMMARY: Final = Text(
    "亮码不需要提供个人信息。各项服务要看您的哪些信息、为什么看，在这里逐项写明；同意后才能看，法律规定的除外。"
    "每次被谁看过，您都查得到；随时可以撤回，码照常使用。",
    "Showing your code tells nothing about you. What each service wants to see of you and why is listed here; "
    "it sees that only if you agree, except where the law says so. You can look up each time it was seen, and "
    "take your consent back at any time; the code goes on working.",
)
BODY: Final = Text(
    "一、处理者：{city}市民码由本市政务部门运营，联系方式见服务窗口。\n"
    "二、处理什么：注册用的手机号；您自愿认证的姓名和证件号码；每次用码的时间、地点、服务和结果。"
    "这些信息加密保存，服务只知道一个只对它有效的代号。\n"
    "三、给谁看：各项服务要看的信息和理由，逐项列在下面。依法必须提供的，标明依据；其余由您决定。\n"
    "四、敏感信息：不随本说明一并同意，由您在每项服务里单独同意。\n"
    "五、您的权利：查看谁看过您的信息，撤回同意，更正、复制和删除。撤回与同意一样方便，一秒内生效，不影响此前的使用。\n"
    "六、不同意也可以：码照常使用；服务缺了它离不开的信息时，会告诉您缺什么、在哪里同意。\n"
    "七、保存多久：用码记录按本市规定的期限保存后删除。",
    "1. Who: the {city} citizen code is run by the city's administration; ask at a service counter.\n"
    "2. What: the phone number you registered with; the name and document number you chose to verify; time, "
    "place, service and result of each use of your code. They are stored encrypted, and a service knows you by "
    "a reference that means nothing to others.\n"
    "3. To whom: the fields that each service wants to see, and why, are listed below. Where a law obliges, it "
    "is named; the rest is yours to decide.\n"
    "4. Sensitive fields are not part of this: you agree to them one by one, in the service concerned.\n"
    "5. Your rights: see who has looked, take consent back, have data corrected, copied and deleted. Taking "
    "back is as easy as giving, holds within a second, and does not touch what went before.\n"
    "6. You may decline: the code works all the same. A service that lacks what it cannot do without says what "
    "that is and where to agree.\n"
    "7. How long: uses of your code are kept as long as the city has laid down, then deleted.",
)


@dataclass(frozen=True, slots=True)
class Words:
    """One text of the notice."""

    number: int
    summary: Text
    body: Text
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice in force: its words, and by service the fields that accepting it agrees to."""

    words: Words
    asks: Mapping[str, tuple[str, ...]]

    @property
    def version(self) -> str:
        """Of the text and of what is asked."""
        asked = canonical_json({service: sorted(names) for service, names in self.asks.items()})
        return f"{self.words.number}-{hashlib.sha256(asked).hexdigest()[:8]}"


def _load(connection: Connection) -> Words | None:
    table = table_of(PublishedNotice)
    row = connection.execute(select(table).order_by(table.c.number.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    return Words(row.number, Text.from_dict(row.summary), Text.from_dict(row.body), row.published_at)


_PUBLISHED: Final = CachedValue("privacy_notice", _load)


def notice_shown() -> Notice:
    """The notice in force, from memory: what people read."""
    terms = {m.id: terms_of(m.descriptor, standing_of(m.id).granted) for m in enabled_modules()}
    return Notice(_PUBLISHED.get() or _of_the_software(), _asks(terms))


def notice_in_force() -> Notice:
    """The notice in force, as the present unit of work finds it: what is decided by."""
    return Notice(_load(current_connection()) or _of_the_software(), _asks(terms_in_force()))


def terms_in_force() -> dict[str, Terms]:
    """The terms of every enabled service, as the present unit of work finds them."""
    standings, off = stored_standings(), Standing()
    return {
        module.id: terms_of(module.descriptor, standings[module.id].granted)
        for module in current_registry()
        if standings.get(module.id, off).enabled
    }


def approved_scopes(module: InstalledModule) -> list[Scope]:
    """What a service sees of citizens, or would, as staff have approved it: also by law."""
    granted = standing_of(module.id).granted
    return [scope for scope in module.descriptor.scopes if scope.name in granted]


def publish(summary: Text, body: Text) -> int:
    """Put another text in force; returns its number. What citizens have agreed to stays."""
    known = _load(current_connection())
    number = (known.number if known else FIRST) + 1
    db.session.add(
        PublishedNotice(number=number, summary=summary.as_dict(), body=body.as_dict(), published_at=now())
    )
    db.session.flush()
    invalidate(_PUBLISHED.topic)
    return number


def _asks(terms: Mapping[str, Terms]) -> dict[str, tuple[str, ...]]:
    return {service: names for service, of in sorted(terms.items()) if (names := of.with_notice())}


def _of_the_software() -> Words:
    return Words(FIRST, SUMMARY, BODY.fill(city=current_settings().city), None)
