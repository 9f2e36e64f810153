"""`flask --app wsgi hospital …`: what an operator does when the console cannot be reached."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Final

import click
from sqlalchemy import select

from citizen_app.toolkit.commands import JSON, LANGUAGE, AppGroup, Language, failed, transaction
from citizen_app.toolkit.contract import Text
from citizen_app.toolkit.data import session
from citizen_app.toolkit.jobs import Paced
from citizen_app.toolkit.time import city_zone, now
from services.hospital.models import Hospital, HospitalDepartment, HospitalDoctor, HospitalSession
from services.hospital.operations import stopping

COMMANDS: Final = AppGroup("hospital", help="Hospital booking: sessions of a day, and stopping one (停诊).")
UNKNOWN: Final = Text("没有出诊 {id}。", "There is no session {id}.")
NO_HOSPITAL: Final = Text("没有编码为 {code} 的医院。", "There is no hospital with the code {code}.")
STOPPED: Final = Text(
    "已停诊；{count} 人已退号、退费并收到通知。",
    "It is stopped; {count} people were released, refunded and told.",
)


@COMMANDS.command("sessions")
@click.argument("code")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Today without it.")
@JSON
@LANGUAGE
def sessions(code: str, day: datetime | None, as_json: bool, language: Language) -> None:
    """Sessions of the hospital CODE on a day, each with its id."""
    wanted = day.date() if day else now().astimezone(city_zone()).date()
    with transaction(reading=True):
        if session().scalar(select(Hospital.id).where(Hospital.code == code)) is None:
            raise failed(NO_HOSPITAL, language, code=code)
        found = _sessions(code, wanted, language)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in found:
        click.echo("  ".join(str(part) for part in one.values() if part))


@COMMANDS.command("stop-session")
@click.argument("session_id")
@click.option("--reason-zh", help="Why, in words that patients read.")
@click.option("--reason-en", help="The same in English.")
@LANGUAGE
def stop_session(session_id: str, reason_zh: str | None, reason_en: str | None, language: Language) -> None:
    """Stop a session: everybody who has a number is released, refunded in full and told."""
    why = Text(reason_zh or reason_en or "", reason_en or reason_zh or "")
    with transaction():
        row = session().get(HospitalSession, session_id)
        if row is None:
            raise failed(UNKNOWN, language, id=session_id)
        stopping.stop(row, why if why.zh else None, now(), "command")
    count = stopping.clear(now(), Paced(), session_id)
    click.echo(STOPPED.fill(count=count).say(language))


def _sessions(code: str, day: date, language: Language) -> list[dict[str, str]]:
    rows = session().execute(
        select(HospitalSession, HospitalDepartment, HospitalDoctor)
        .join(Hospital, Hospital.id == HospitalSession.hospital_id)
        .join(HospitalDepartment, HospitalDepartment.id == HospitalSession.department_id)
        .outerjoin(HospitalDoctor, HospitalDoctor.id == HospitalSession.doctor_id)
        .where(Hospital.code == code, HospitalSession.day == day)
        .order_by(HospitalSession.starts_at, HospitalSession.id)
    )
    zone = city_zone()
    return [
        {
            "id": row.id,
            "starts": row.starts_at.astimezone(zone).strftime("%H:%M"),
            "state": row.state,
            "department": department.name.say(language),
            "doctor": doctor.name.say(language) if doctor else "",
        }
        for row, department, doctor in rows
    ]
