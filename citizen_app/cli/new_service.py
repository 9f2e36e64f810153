"""`flask services new`: create a service from the template; its tests pass immediately."""

from __future__ import annotations

import keyword
import shutil
import sys
from pathlib import Path
from typing import Final, get_args

import click
from flask.cli import with_appcontext

from citizen_app.registry.contract import Category
from citizen_app.registry.mapped import core_tables
from citizen_app.registry.modules import ids_in
from citizen_app.registry.naming import fault_of_id, fault_of_title
from citizen_app.registry.scaffold.copying import TEMPLATE, NewService, NotCopied, copy_template
from citizen_app.registry.scaffold.packaging import package_name, write_distribution
from citizen_app.settings import current_settings
from citizen_app.text import Text

ROOT: Final = TEMPLATE.parents[1]
NEXT: Final = Text(
    """
已生成 {place}（{count} 个文件）。接下来：
  {test}
  {flask} --app wsgi db upgrade
  {flask} --app wsgi services check {check}
  {flask} --app wsgi services enable {id}""",
    """
{count} files are in {place}. Next:
  {test}
  {flask} --app wsgi db upgrade
  {flask} --app wsgi services check {check}
  {flask} --app wsgi services enable {id}""",
)


@click.command("new")
@click.argument("service")
@click.option("--title-zh", prompt="中文名称 Title in Chinese", help="At most 12 characters.")
@click.option("--title-en", prompt="英文名称 Title in English", help="At most 40 characters.")
@click.option("--category", type=click.Choice(get_args(Category)), default="community", show_default=True)
@click.option(
    "--package",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write an installable distribution into this folder instead.",
)
@with_appcontext
def new(service: str, title_zh: str, title_en: str, category: Category, folder: Path | None) -> None:
    """Copy services/_template as SERVICE, with names, first migration and tests of its own."""
    services_dir = current_settings().services_dir
    fault = (
        ("the word is taken by Python" if keyword.iskeyword(service) else None)
        or fault_of_id(service, ids_in(services_dir), core_tables())
        or fault_of_title(title_zh, 12)
        or fault_of_title(title_en, 40)
    )
    if fault is not None:
        raise click.UsageError(f"{service}: {fault}")
    package = package_name(service) if folder else f"{services_dir.name}.{service}"
    chosen = NewService(service, Text(title_zh.strip(), title_en.strip()), category, package)
    place = folder.absolute() if folder else services_dir / service
    try:
        written = write_distribution(chosen, place) if folder else copy_template(chosen, place)
    except NotCopied as refused:
        raise click.ClickException(str(refused)) from refused
    install = f"{_program('pip')} install -e '{ROOT}[testing]' -e ."
    test = f"{_packages_of_tests()}{_program('pytest')} {_shown(place)}"
    told = {
        "place": _shown(place),
        "count": len(written),
        "id": service,
        "test": f"(cd {place} && {install} && {_program('pytest')})" if folder else test,
        "flask": _program("flask"),
    }
    for words in (NEXT.zh, NEXT.en):
        click.echo(words.format(**told, check=service).strip() + "\n")


def _packages_of_tests() -> str:
    """What comes before the tests where nothing runs them yet: `make run` installs what a server needs, and
    no more."""
    if (Path(sys.executable).parent / "pytest").exists():
        return ""
    return f"make {'' if Path.cwd() == ROOT else f'-C {ROOT} '}environment-dev && "


def _program(name: str) -> str:
    """How a program of this environment is called here: by its name where the PATH leads to it, otherwise by
    its path."""
    ours = Path(sys.executable).parent / name
    found = shutil.which(name)
    return name if found is not None and Path(found) == ours else str(ours)


def _shown(place: Path) -> Path:
    here = Path.cwd()
    return place.relative_to(here) if place.is_relative_to(here) else place
