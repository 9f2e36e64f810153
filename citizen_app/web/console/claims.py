"""Lists of claims: sent, followed while they are taken, with the rows that were not; and earlier ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response

from citizen_app.claims.catalogue import CLAIMS, GRANTED
from citizen_app.claims.tasks import TASKS
from citizen_app.storage.keyset import PageQuerySchema
from citizen_app.tasks.contract import CORE
from citizen_app.tasks.models import TaskRun
from citizen_app.tasks.queries import run_or_404, run_page
from citizen_app.text import Text
from citizen_app.web.boundary.unit_of_work import opens_its_own_units
from citizen_app.web.boundary.uploads import MOST_ENVELOPE_BYTES
from citizen_app.web.console.frame import asked, console_pages, render
from citizen_app.web.console.tasks import SENTENCES as OF_TASKS
from citizen_app.web.console.tasks import drawn_run, form_of_task, words_of_runs
from citizen_app.web.forms.form import Form

TASK: Final = TASKS[0]
TITLE: Final = Text("身份属性名单", "Lists of claims")
COLUMNS: Final[tuple[tuple[Text, Text], ...]] = (
    (Text("证件号码", "ID number"), Text("必填", "always")),
    (Text("姓名", "Name"), Text("必填", "always")),
    (
        Text("证件类型", "Document kind"),
        Text("身份证以外的证件填写", "for documents other than the resident identity card"),
    ),
    (
        Text("身份属性", "Claim"),
        Text(
            "、".join(CLAIMS[name].title.zh for name in GRANTED),
            ", ".join(CLAIMS[name].title.en for name in GRANTED),
        ),
    ),
    (Text("有效期起", "Valid from"), Text("必填，例如 2026-09-01", "always, such as 2026-09-01")),
    (
        Text("有效期止", "Valid to"),
        Text("含当日；有期限的属性必填", "that day included; needed where a claim has an end"),
    ),
)
SENTENCES: Final[Mapping[str, Text]] = {
    "claims.title": TITLE,
    "claims.lead": Text(
        "学生、残疾人、低收入人口等名单由主管部门提供，在这里导入。同一份名单再导入一次，什么也不变；名单里没有的人不受影响。",
        "Lists of students, people with a disability, people on a low income and others come from the departments in charge and are taken here. The same list again changes nothing; nobody loses anything by being absent.",
    ),
    "claims.columns": Text("名单的列", "Columns of a list"),
    "claims.column": Text("列名", "Column"),
    "claims.holds": Text("填写", "What it holds"),
    "claims.start": Text("导入", "Take the list"),
    "claims.history": Text("导入记录", "Lists taken before"),
    "claims.result": Text("结果", "Result"),
    "claims.none": Text("还没有导入过名单", "No list was taken yet"),
    "claims.done.started": Text("已收到，正在后台处理。", "Received; it is worked off in the background."),
}

pages = console_pages(
    "claims",
    TITLE,
    "citizens",
    read=TASK.permission,
    write=TASK.permission,
    sentences={**OF_TASKS, **SENTENCES},
)


@pages.route("/", methods=["GET", "POST"])
@opens_its_own_units
def listed() -> Response | str | tuple[str, int]:
    """A form for a list, and the lists before it."""
    return form_of_task(CORE, TASK, _drawn)


listed.most_body_bytes = TASK.file.most_bytes + MOST_ENVELOPE_BYTES  # type: ignore[attr-defined, union-attr]


@pages.get("/<id:run_id>")
def show(run_id: str) -> str:
    """How far a list is, and which of its rows were not taken."""
    return drawn_run(run_or_404(run_id, CORE, {TASK.id}))


def _drawn(form: Form) -> str:
    found = run_page(owner=CORE, tasks={TASK.id}, **asked(PageQuerySchema))
    shown = {"task": TASK, "columns": COLUMNS, "found": found, "said_of": _said_of}
    return render("claims.html", form=form, **shown, **words_of_runs())


def _said_of(run: TaskRun) -> Text | None:
    return Text.from_dict(run.report["said"]) if run.report else None
