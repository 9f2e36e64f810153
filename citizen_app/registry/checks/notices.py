"""Rules about notices: short, plain, and nothing in them by which people could be robbed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter
from typing import Final, get_args

from citizen_app.registry.checks.examined import Examined, Fault
from citizen_app.registry.checks.words import CHINESE, PAGE, TITLE
from citizen_app.registry.contract import NAME, Notice, NoticeChannel, NoticeValueKind
from citizen_app.text import LINK, Text, unseen_in

BODY: Final = (100, 240)
"""Characters of a body in Chinese and in English; with its values it fills three text messages at most."""


def notice(seen: Examined) -> Iterator[Fault]:
    """What citizens are told is declared whole: in both languages, on one line, without links, with values
    that are all used, and no citizen's own words in what leaves the city's pages."""
    for declared in seen.declared.notices:
        for message, remedy in faults_of_notice(declared):
            line = seen.line(seen.manifest, declared.id)
            yield Fault(seen.manifest, line, f"notice {declared.id!r}: {message}", remedy)


def faults_of_notice(declared: Notice) -> Iterator[tuple[str, str]]:
    """What is wrong with a notice, and what to do; the core's own are asked the same."""
    yield from _faults_of_values(declared)
    channels = declared.channels
    if set(channels) - set(get_args(NoticeChannel)) or len(set(channels)) < len(channels):
        yield f"channels {channels}", f"use each of {get_args(NoticeChannel)} once at most"
    if not re.fullmatch(PAGE, declared.link):
        yield f"{declared.link!r} is no address below the pages of the service", "visits, or nothing"
    names = {value.name for value in declared.values}
    for what, text, most in (
        ("title", declared.title, TITLE),
        ("body", declared.body, BODY),
        ("brief", declared.brief, BODY),
    ):
        if text is not None:
            yield from _faults_of_text(what, text, most, names if what != "title" else set())
    if places_of(declared.body.zh) != names:
        yield "not every value stands in the body", "use each in both languages, or leave it out"
    own = {value.name for value in declared.values if value.kind == "words"}
    if own & places_of(declared.leaves.zh) and declared.channels:
        remedy = "say it without them in `brief`, or declare channels=()"
        yield f"a citizen's own words ({', '.join(sorted(own))}) would leave", remedy


def _faults_of_values(declared: Notice) -> Iterator[tuple[str, str]]:
    names = [value.name for value in declared.values]
    for value in declared.values:
        if not NAME.match(value.name) or names.count(value.name) > 1:
            yield f"value {value.name!r} is no plain name or stands twice", "use a-z, 0-9 and _"
        if value.kind not in get_args(NoticeValueKind):
            yield f"kind {value.kind!r} is unknown", f"use one of {get_args(NoticeValueKind)}"


def _faults_of_text(
    what: str, text: Text, most: tuple[int, int], names: set[str]
) -> Iterator[tuple[str, str]]:
    if not CHINESE.search(text.zh) or CHINESE.search(text.en):
        yield f"the {what} is zh {text.zh!r}, en {text.en!r}", 'write Text("中文", "English")'
    if len(text.zh) > most[0] or len(text.en) > most[1]:
        remedy = f"at most {most[0]} characters in Chinese and {most[1]} in English"
        yield f"the {what} is too long: {len(text.zh)} and {len(text.en)}", remedy
    for said in (text.zh, text.en):
        if unseen_in(said):
            yield f"the {what} has a line break or something unseen", "write one line"
        if LINK.search(said):
            yield f"the {what} has a link", "name the page in `link`; words that leave have none"
        if places_of(said) - names:
            yield f"the {what} uses {sorted(places_of(said) - names)}", "declare them in `values`"
    if places_of(text.zh) != places_of(text.en):
        yield f"the {what} uses other values in Chinese than in English", "use the same"


def places_of(text: str) -> set[str]:
    """The names of the places in a text; of one that is broken, everything."""
    try:
        return {name for _, name, form, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return {text}


RULES: Final = (notice,)
