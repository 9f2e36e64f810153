"""Copying the template: every name replaced, written beside its place first and moved there whole."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from citizen_app.registry.contract import Category
from citizen_app.text import Text

TEMPLATE: Final = Path(__file__).absolute().parents[3] / "services" / "_template"
TEMPLATE_PACKAGE: Final = "services._template"
TEMPLATE_ID: Final = "parlour"
TEMPLATE_TITLE: Final = Text("邻里客厅", "Neighbourhood parlour")
TEMPLATE_CATEGORY: Final = "community"
COPIED: Final = frozenset({".py", ".md", ".html", ".css", ".js", ".svg"})


class NotCopied(Exception):
    """Nothing was written; the message says why."""


@dataclass(frozen=True, slots=True)
class NewService:
    """What the author chose. `package` is the dotted name under which the copy will be imported."""

    id: str
    title: Text
    category: Category
    package: str

    @property
    def class_prefix(self) -> str:
        """`swimming_pool` as `SwimmingPool`."""
        return "".join(part.capitalize() for part in self.id.split("_"))


def copy_template(new: NewService, target: Path, template: Path = TEMPLATE) -> list[Path]:
    """Write a new service into `target`, whole or not at all; returns its files. Raises `NotCopied`."""
    if target.exists():
        raise NotCopied(f"{target} exists already")
    if not template.is_dir():
        raise NotCopied(f"{template} is missing: run this in a checkout of the repository")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as folder:
        half = Path(folder) / target.name
        for source in _files(template):
            named = (new.id if part == TEMPLATE_ID else part for part in source.relative_to(template).parts)
            written = half.joinpath(*named)
            written.parent.mkdir(parents=True, exist_ok=True)
            written.write_text(renamed(source.read_text(encoding="utf-8"), new), encoding="utf-8")
        if target.exists():
            raise NotCopied(f"{target} exists already")
        shutil.move(half, target)
    return list(_files(target))


def renamed(text: str, new: NewService) -> str:
    """A text of the template with the names of the new service."""
    for old, chosen in (
        (TEMPLATE_PACKAGE, new.package),
        (TEMPLATE_PACKAGE.replace(".", "/"), new.package.replace(".", "/")),
        (TEMPLATE_TITLE.zh, new.title.zh),
        (TEMPLATE_TITLE.en, new.title.en),
        (TEMPLATE_TITLE.en[0].lower() + TEMPLATE_TITLE.en[1:], new.title.en),
        (f'category="{TEMPLATE_CATEGORY}"', f'category="{new.category}"'),
    ):
        text = text.replace(old, chosen)
    text = re.sub(rf"{TEMPLATE_ID.capitalize()}(?=[A-Z])", new.class_prefix, text)
    return re.sub(rf"(?<![A-Za-z0-9]){TEMPLATE_ID}(?![A-Za-z0-9])", new.id, text)


def _files(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.rglob("*")) if path.suffix in COPIED and path.is_file())
