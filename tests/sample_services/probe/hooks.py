"""What each purpose does."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from citizen_app.toolkit import claims
from citizen_app.toolkit.data import new_id, session
from citizen_app.toolkit.scan import (
    Allow,
    Field,
    FoundHere,
    Meaning,
    NeedsInput,
    Refuse,
    Scan,
    Searching,
    Text,
    check_budget,
)
from sample_services.probe.models import ProbeEntry

SLOW_SECONDS = 1.8


def search_here(asked: Searching) -> list[FoundHere]:
    """Whoever was here last, whatever is looked for."""
    last = session().scalars(select(ProbeEntry.citizen_ref).order_by(ProbeEntry.id.desc()).limit(1))
    return [FoundHere((ref,), Text("某人", "Somebody")) for ref in last]


def on_scan(scan: Scan) -> Meaning:
    """Write an entry, then do what the purpose says."""
    session().add(ProbeEntry(id=new_id(), citizen_ref=scan.citizen.ref, purpose=scan.purpose))
    session().flush()
    match scan.purpose:
        case "refuse" | "poster_refuses":
            return Refuse("not_today")
        case "undeclared_refusal":
            return Refuse("never_heard_of")
        case "crash":
            raise RuntimeError("a bug with the number 13800000001 in its message")
        case "slow":
            time.sleep(SLOW_SECONDS)
            check_budget()
        case "too_curious":
            scan.citizen.masked_phone  # noqa: B018
        case "reads":
            for name in scan.context["fields"].split():
                scan.citizen.has(name) if name in claims.CLAIMS else scan.citizen.field(name)
        case "wrong_answer":
            return "yes"  # type: ignore[return-value]
        case "wordless":
            return Allow("欢迎")  # type: ignore[arg-type]
        case "wordless_line":
            return Allow(Text("欢迎", "Welcome"), Text("东门", "East gate"))  # type: ignore[arg-type]
        case "breaks_database":
            entry = new_id()
            for _ in range(2):
                session().add(ProbeEntry(id=entry, citizen_ref="twice", purpose=scan.purpose))
        case "grants_resident" | "grants_student":
            until = scan.received_at + timedelta(days=365)
            card = Text("居住证", "Residence permit")
            claims.grant(
                "probe", scan.citizen.ref, scan.purpose.partition("_")[2], valid_to=until, source=card
            )
        case "ends_resident":
            claims.end("probe", scan.citizen.ref, "resident", reason=Text("已迁出", "Moved away"))
        case "ask" | "poster_asks" if scan.answer is None:
            return NeedsInput(
                Text("请核对", "Please check"),
                (Field("last_four", "string", Text("后四位", "Last four"), maximum=4),),
            )
        case "ask" | "poster_asks" if scan.answer and scan.answer["last_four"] != "1234":
            return Refuse("not_today")
    greeting = scan.settings["greeting"]
    return Allow(
        Text("欢迎", "Welcome"),
        (Text(f"{greeting} {scan.citizen.masked_name or ''}", f"{greeting}"),),
        outcome={
            "senior": scan.citizen.has("senior"),
            "late": scan.late,
            "context": dict(scan.context),
            "presenter": scan.presenter.kind,
        },
    )


def health() -> Mapping[str, Any]:
    """Well."""
    return {"entries": session().query(ProbeEntry).count()}
