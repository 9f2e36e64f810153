"""Rules and writes of kiosks. Every change of who may act as a kiosk invalidates the topic `kiosks`;
heartbeats do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select, update

from citizen_app import clock
from citizen_app.audit.operations import Actor, current_actor, record
from citizen_app.codes.cose import VerifyKey
from citizen_app.ids import new_id
from citizen_app.kiosks.activation import LIFETIME, activation_hash
from citizen_app.kiosks.activation import new_activation_code as fresh_code
from citizen_app.kiosks.models import Kiosk, Placement
from citizen_app.kiosks.rules import PurposesOf, check_purposes
from citizen_app.secrecy.bearers import mint, successor
from citizen_app.secrecy.vault import token_hash
from citizen_app.storage.cached_values import invalidate
from citizen_app.storage.locking import guarded_update, lock_row
from citizen_app.storage.orm import db
from citizen_app.text import Text
from citizen_app.wire.problems import Problem, invalid_input

LOST_ANSWER: Final = timedelta(days=1)
"""How long a kiosk that never heard of its new token may go on with the one before."""
ROTATION_GRACE: Final = timedelta(seconds=60)
NO_DEVICE: Final = Text("这是海报，不是设备，没有令牌。", "This is a poster, not a device: it has no token.")
NOT_A_KEY: Final = Text("应为 Ed25519 或 P-256 公钥的 JWK", "a JWK with an Ed25519 or P-256 public key")


def create(
    *,
    name: str,
    service: str,
    purposes: Sequence[str],
    place: Text,
    context: Mapping[str, Any],
    purposes_of: PurposesOf,
) -> tuple[Kiosk, str]:
    """A new kiosk, pending, and the activation code that makes it work.

    Raises a 422 for an unknown service, purpose or context field.
    """
    check_purposes(service, purposes, context, purposes_of)
    invalidate(
        "kiosks"
    )  # holds the topic's row until commit, so that creations take turns and numbers do not collide
    kiosk_id, code, moment = new_id(), fresh_code(), clock.now()
    placement = Placement(id=new_id(), kiosk_id=kiosk_id, place_zh=place.zh, place_en=place.en, since=moment)
    kiosk = Kiosk(
        id=kiosk_id,
        number=next_number(),
        name=name,
        service=service,
        purposes=list(dict.fromkeys(purposes)),
        context=dict(context),
        placement=placement,
        state="pending",
        activation_hash=activation_hash(code),
        activation_expires_at=moment + LIFETIME,
        created_at=moment,
        created_by=current_actor().name[:60],
    )
    db.session.add_all([placement, kiosk])
    db.session.flush()
    record("kiosk.create", "kiosk", kiosk.id, number=kiosk.number, service=service, purposes=kiosk.purposes)
    return kiosk, code


def activate(code: str, public_key: Mapping[str, Any] | None = None) -> tuple[Kiosk, str]:
    """Exchange a one-time activation code for a token; of concurrent attempts one wins.

    `public_key` is a JWK, Ed25519 or P-256. Raises a 401 for a code that is wrong, used or too old.
    """
    key = None if public_key is None else _checked_key(public_key)
    token = mint("kiosk")
    kiosk = guarded_update(
        Kiosk,
        Kiosk.activation_hash == activation_hash(code),
        Kiosk.activation_expires_at > clock.now(),
        Kiosk.state.in_(("pending", "active")),
        state="active",
        activation_hash=None,
        activation_expires_at=None,
        token_hash=token_hash(token),
        previous_token_hash=None,
        previous_token_until=None,
        public_key=key,
    )
    if kiosk is None:
        raise Problem("sign-in-refused")
    invalidate("kiosks")
    record("kiosk.activate", "kiosk", kiosk.id, actor=_as_kiosk(kiosk), has_key=key is not None)
    return kiosk, token


def rotate_token(kiosk_id: str, presented: str) -> str:
    """Rotate the presented token. Every call with the same token, concurrent or repeated, gets the same
    successor.

    So a lost answer can be requested again: the presented token works for a day, or until a minute after the
    kiosk's first heartbeat with the new one.
    """
    kiosk, presented_hash, token = _locked(kiosk_id), token_hash(presented), successor("kiosk", presented)
    if presented_hash == kiosk.previous_token_hash and kiosk.token_hash == token_hash(token):
        return token
    if presented_hash != kiosk.token_hash:  # rotated on, activated anew or revoked since memory was loaded
        raise Problem("sign-in-required", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    kiosk.previous_token_hash, kiosk.previous_token_until = presented_hash, clock.now() + LOST_ANSWER
    kiosk.token_hash = token_hash(token)
    db.session.flush()
    invalidate("kiosks")
    record("kiosk.rotate_token", "kiosk", kiosk.id, actor=_as_kiosk(kiosk))
    return token


def end_previous_token(kiosk_id: str, presented: str) -> None:
    """The kiosk has used its new token: the previous one expires in a minute, when answers to its last
    requests have arrived."""
    soon = clock.now() + ROTATION_GRACE
    ending = guarded_update(
        Kiosk,
        Kiosk.id == kiosk_id,
        Kiosk.token_hash == token_hash(presented),
        Kiosk.previous_token_until > soon,
        previous_token_until=soon,
    )
    if ending is not None:
        invalidate("kiosks")


def revoke(kiosk_id: str) -> Kiosk:
    """Shut a kiosk out for good, in every process within a second; a second time changes nothing."""
    kiosk = _locked(kiosk_id)
    if kiosk.state != "revoked":
        kiosk.state = "revoked"
        kiosk.activation_hash = kiosk.activation_expires_at = None
        kiosk.token_hash = kiosk.previous_token_hash = kiosk.previous_token_until = None
        db.session.flush()
        invalidate("kiosks")
    record("kiosk.revoke", "kiosk", kiosk.id, number=kiosk.number)
    return kiosk


def new_activation_code(kiosk_id: str, lifetime: timedelta = LIFETIME) -> tuple[Kiosk, str]:
    """A fresh code for a kiosk that lost its token, or whose code ran out; the code before is void.

    The kiosk's present token works until the new code is used. Raises a 409 for a revoked kiosk.
    """
    kiosk = _device(kiosk_id)
    code = fresh_code()
    kiosk.activation_hash, kiosk.activation_expires_at = activation_hash(code), clock.now() + lifetime
    db.session.flush()
    record("kiosk.new_activation_code", "kiosk", kiosk.id, number=kiosk.number)
    return kiosk, code


def add_token(kiosk_id: str) -> str:
    """An additional token for a demo kiosk; the one in use stays valid, an earlier additional one ends."""
    kiosk, token = _device(kiosk_id), mint("kiosk")
    has_one_beside = kiosk.previous_token_hash is not None and kiosk.previous_token_until is None
    if kiosk.token_hash is not None and not has_one_beside:
        kiosk.previous_token_hash, kiosk.previous_token_until = kiosk.token_hash, None
    kiosk.state, kiosk.token_hash = "active", token_hash(token)
    _changed(kiosk, "kiosk.add_token")
    return token


def move(kiosk_id: str, place: Text) -> Kiosk:
    """Move the kiosk from now on; earlier events keep their place. The same place again changes nothing."""
    kiosk = _changeable(kiosk_id)
    if kiosk.placement.place == place:
        return kiosk
    placement = Placement(
        id=new_id(), kiosk_id=kiosk.id, place_zh=place.zh, place_en=place.en, since=clock.now()
    )
    kiosk.placement = placement
    db.session.add(placement)
    return _changed(kiosk, "kiosk.move", placement_id=placement.id)


def change(
    kiosk_id: str,
    *,
    purposes_of: PurposesOf,
    name: str | None = None,
    purposes: Sequence[str] | None = None,
    context: Mapping[str, Any] | None = None,
) -> Kiosk:
    """Change what a kiosk is called and what it may do; what is None stays. Raises a 422 for unknown purposes
    or context.
    """
    kiosk = _changeable(kiosk_id)
    if name is not None:
        kiosk.name = name
    if purposes is not None:
        kiosk.purposes = list(dict.fromkeys(purposes))
    if context is not None:
        kiosk.context = dict(context)
    if purposes is not None or context is not None:
        check_purposes(kiosk.service, kiosk.purposes, kiosk.context, purposes_of)
    return _changed(kiosk, "kiosk.change", purposes=kiosk.purposes, context=kiosk.context)


def record_heartbeat(
    kiosk_id: str,
    *,
    kiosk_clock: datetime,
    bundle_version: str | None = None,
    journal_seq: int | None = None,
    app_version: str | None = None,
) -> int:
    """Record a heartbeat; returns the kiosk's clock minus ours in milliseconds. Values that are None stay
    unchanged."""
    moment = clock.now()
    offset = round((kiosk_clock - moment).total_seconds() * 1000)
    told = {"bundle_version": bundle_version, "journal_seq": journal_seq, "app_version": app_version}
    values = {
        "last_seen_at": moment,
        "clock_offset_ms": offset,
        **{k: v for k, v in told.items() if v is not None},
    }
    statement = update(Kiosk).where(Kiosk.id == kiosk_id).values(**values)
    db.session.execute(statement.execution_options(synchronize_session=False))
    return offset


def next_number() -> int:
    """The number of a new kiosk; creations take turns by the topic `kiosks`."""
    return (db.session.scalar(select(func.max(Kiosk.number))) or 0) + 1


def _checked_key(jwk: Mapping[str, Any]) -> dict[str, str]:
    try:
        return VerifyKey.from_jwk(jwk).to_jwk()
    except (ValueError, TypeError) as error:
        raise invalid_input("/public_key", NOT_A_KEY) from error


def _locked(kiosk_id: str) -> Kiosk:
    kiosk = lock_row(Kiosk, kiosk_id)
    if kiosk is None:
        raise Problem("not-found")
    return kiosk


def _changeable(kiosk_id: str) -> Kiosk:
    kiosk = _locked(kiosk_id)
    if kiosk.state == "revoked":
        raise Problem(
            "conflict", Text("该设备已吊销，不能再更改。", "This kiosk is revoked and cannot be changed.")
        )
    return kiosk


def _device(kiosk_id: str) -> Kiosk:
    kiosk = _changeable(kiosk_id)
    if kiosk.virtual:
        raise Problem("conflict", NO_DEVICE)
    return kiosk


def _changed(kiosk: Kiosk, action: str, **details: Any) -> Kiosk:
    db.session.flush()
    invalidate("kiosks")
    record(action, "kiosk", kiosk.id, number=kiosk.number, **details)
    return kiosk


def _as_kiosk(kiosk: Kiosk) -> Actor:
    return Actor("system", kiosk.id, f"kiosk {kiosk.number}")
