"""The posters of the demo city."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from citizen_app.kiosks import posters
from citizen_app.kiosks.models import Kiosk, PlaceCode
from citizen_app.kiosks.places import address_of
from citizen_app.registry.contract import Purpose
from citizen_app.registry.modules import current_registry
from citizen_app.registry.public_pages import is_public_page
from citizen_app.registry.seeding import SeedPoster
from citizen_app.storage.orm import db


def hang(service: str, wanted: SeedPoster) -> dict[str, Any]:
    """Print a poster where none hangs; what hangs stays, also in the hands of whoever tries it out."""
    found = _hanging(service, wanted.name) or posters.create(
        name=wanted.name,
        service=service,
        place=wanted.place,
        purpose=wanted.purpose,
        page=wanted.page,
        title=wanted.title,
        context=wanted.context,
        purposes_of=purposes_of,
        is_public_page=is_public_page,
    )
    if wanted.hung is not None:
        wanted.hung(found.kiosk_id)
    return {
        "id": found.kiosk_id,
        "name": wanted.name,
        "place": wanted.place.as_dict(),
        "service": service,
        "purpose": wanted.purpose,
        "page": wanted.page,
        "place_code": found.token,
        "address": address_of(found.token),
        "poster": f"{address_of(found.token)}/poster",
    }


def purposes_of(service: str) -> tuple[Purpose, ...] | None:
    """The purposes of an installed service."""
    module = current_registry().get(service)
    return module.descriptor.purposes if module else None


def _hanging(service: str, name: str) -> PlaceCode | None:
    return db.session.scalar(
        select(PlaceCode)
        .join(PlaceCode.kiosk)
        .where(
            Kiosk.service == service,
            Kiosk.name == name,
            Kiosk.state == "active",
            PlaceCode.voided_at.is_(None),
        )
    )
