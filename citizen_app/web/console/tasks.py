"""Long work in the console: start it with a file, see how far it is, read what came of it, cancel it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO, Final, cast

from flask import Response, redirect, request, url_for
from werkzeug.datastructures import FileStorage

from citizen_app.files.operations import Incoming, store_file
from citizen_app.sheets.limits import FileUnreadable
from citizen_app.staff.permissions import OWN_ACCOUNT
from citizen_app.storage.transactions import transaction
from citizen_app.tasks.catalogue import title_of
from citizen_app.tasks.contract import CORE, STATES, Task
from citizen_app.tasks.models import TaskRun
from citizen_app.tasks.operations import cancel, start_task
from citizen_app.tasks.queries import run_or_404, run_page
from citizen_app.tasks.reach import CANCELS_ALL, may_start, seen_by, startable, units_of
from citizen_app.tasks.schemas import RunQuerySchema, details_of, note_of
from citizen_app.text import Text
from citizen_app.web.boundary.audiences import current_staff
from citizen_app.web.boundary.unit_of_work import opens_its_own_units
from citizen_app.web.boundary.uploads import MOST_ENVELOPE_BYTES, SEND_A_FILE
from citizen_app.web.console.callers import staff_on_pages
from citizen_app.web.console.frame import ConsoleBlueprint, Entry, asked, go_on, render
from citizen_app.web.forms.form import Form
from citizen_app.web.task_routes import as_attachment
from citizen_app.wire.problems import Problem

MOST_FILE_BYTES: Final = 32 * 2**20
"""The largest file that any task here takes; each has a limit of its own below it."""
TITLE: Final = Text("任务", "Tasks")
TONES: Final[Mapping[str, str]] = {
    "waiting": "secondary",
    "running": "primary",
    "done": "success",
    "refused": "warning",
    "failed": "danger",
    "cancelled": "secondary",
}
DETAILS: Final[Mapping[str, Text]] = {
    "version": Text("版本", "Version"),
    "waits_until": Text("启用日期", "In force from"),
    "stored": Text("已写入", "Stored"),
    "newest": Text("新密钥编号", "Number of the new key"),
    "resealed": Text("已重新加密", "Sealed anew"),
    "closed": Text("打不开", "Do not open"),
    "left": Text("保持原样", "Left as they are"),
    "missed": Text("期间写入", "Written meanwhile"),
}
"""What reports hold beside their sentence and the rows that were not taken."""
SENTENCES: Final[Mapping[str, Text]] = {
    "tasks.title": TITLE,
    "tasks.lead": Text(
        "上传时刻表或长名单，后台处理；可以离开本页，随时回来看结果。",
        "Send a timetable or a long list and it is worked off in the background; leave this page and come back whenever you like.",
    ),
    "tasks.none": Text("还没有任务", "No task yet"),
    "tasks.none_hint": Text("可以发起的任务在上方。", "What you may start stands above."),
    "tasks.what": Text("任务", "Task"),
    "tasks.state": Text("状态", "State"),
    "tasks.progress": Text("进度", "Progress"),
    "tasks.who": Text("发起人", "Started by"),
    "tasks.when": Text("发起时间", "Started at"),
    "tasks.ended": Text("结束时间", "Ended at"),
    "tasks.file": Text("文件", "File"),
    "tasks.file_hint": Text("{endings}，至多 {most} MB", "{endings}, at most {most} MB"),
    "tasks.start": Text("发起", "Start"),
    "tasks.cancel": Text("取消任务", "Cancel"),
    "tasks.fetch": Text("下载上传的文件", "Fetch the file back"),
    "tasks.report": Text("报告", "Report"),
    "tasks.rejects": Text("未采用的行", "Rows that were not taken"),
    "tasks.mend_hint": Text(
        "改好这些行再导入一次即可，已采用的行不会重复登记。",
        "Mend these rows and send the list again; rows that were taken are not taken twice.",
    ),
    "tasks.ignored": Text("没有用到的列：{columns}", "Columns that were not used: {columns}"),
    "tasks.row": Text("行", "Row"),
    "tasks.column": Text("列", "Column"),
    "tasks.reason": Text("原因", "Why"),
    "tasks.done.started": Text("已收到，正在后台处理。", "Received; it is worked off in the background."),
    "tasks.done.cancelled": Text("正在取消。", "It is being cancelled."),
    "tasks.done.over": Text("任务已经结束。", "It has ended already."),
}

pages = ConsoleBlueprint(
    "tasks",
    staff_on_pages(read=OWN_ACCOUNT, write=OWN_ACCOUNT),
    Entry(TITLE, "watch", OWN_ACCOUNT),
    SENTENCES,
)


@pages.get("/")
def listed() -> str:
    """What I may start, and the runs that I see, newest first."""
    caller, filters = current_staff(), asked(RunQuerySchema)
    found = run_page(of=seen_by(caller), **filters)
    return render("tasks.html", found=found, startable=startable(caller), **words_of_runs())


@pages.route("/start/<owner>/<task_id>", methods=["GET", "POST"])
@opens_its_own_units
def start(owner: str, task_id: str) -> Response | str | tuple[str, int]:
    """A form for what the task is asked, with its file."""
    with transaction(reading=True):
        task = startable(current_staff()).get((owner, task_id))
        if task is None:
            raise Problem("not-found")
    return form_of_task(owner, task, lambda form: _form(form, owner, task))


start.most_body_bytes = MOST_FILE_BYTES + MOST_ENVELOPE_BYTES  # type: ignore[attr-defined]


def form_of_task(owner: str, task: Task, draw: Callable[[Form], str]) -> Response | str | tuple[str, int]:
    """The page with the form of a task, in units of its own: drawn, or sent and gone on from to the run, at
    `.show` of its blueprint."""
    if request.method == "GET":
        with transaction(reading=True):
            return draw(Form(task.args()))
    form = Form(task.args(), request.form)
    try:
        run_id = _begin(form, owner, task)
    except Problem as problem:
        if not form.refuse(problem):
            raise
        with transaction(reading=True):
            return draw(form), problem.kind.status
    return redirect(go_on(url_for(".show", run_id=run_id), "started"), 303)  # type: ignore[return-value]


def _begin(form: Form, owner: str, task: Task) -> str:
    """Store the file and let the task wait; the id of the run. Raises what is wrong with the form."""
    caller, args, file_id = current_staff(), form.load(), None
    with transaction(reading=True):
        if not may_start(caller, owner, task, args):
            raise Problem("not-found")
        try:
            task.check(args)
        except Problem as refused:  # something that the form names is not there
            raise Problem("invalid-input", refused.detail) from refused
    if task.file is not None:
        sent = request.files.get("file")
        if not isinstance(sent, FileStorage) or not sent.filename:
            raise Problem("invalid-input", SEND_A_FILE)
        name = sent.filename.replace("\\", "/").rpartition("/")[2]
        incoming = Incoming(name, sent.mimetype or "", cast(BinaryIO, sent.stream))
        rule = task.file
        try:
            file_id = store_file(
                incoming, owner, endings=rule.endings, most_bytes=rule.most_bytes, sent_by=caller.staff_id
            )
        except FileUnreadable as refused:
            raise Problem("invalid-input", refused.words) from refused
    with transaction():
        return start_task(owner, task, args, file_id, caller.actor).id


def _form(form: Form, owner: str, task: Task) -> str:
    for name, offered in task.choices().items():
        form.choose(name, offered)
    if task.unit is not None:
        form.choose(task.unit.argument, task.unit.offered(units_of(current_staff(), owner, task)))
    return render("task_start.html", form=form, owner=owner, task=task)


@pages.get("/<id:run_id>")
def show(run_id: str) -> str:
    """How far a run is, and what came of it; looked at again every two seconds while it is open."""
    return drawn_run(_seen(run_id))


def drawn_run(run: TaskRun) -> str:
    """The page of a run; it leads back to `.listed` of its blueprint."""
    caller, own = current_staff(), _may_start(run)
    shown = {
        "said": Text.from_dict(run.report["said"]) if run.report else None,
        "details": (details_of(run) or {}) if own else {},
        "may_cancel": not run.is_over and (own or caller.may(CANCELS_ALL)),
        "known_details": DETAILS,
        "own_file": run.file_id is not None and run.staff_id == caller.staff_id,
    }
    return render("task.html", run=run, **shown, **words_of_runs())


@pages.post("/<id:run_id>/cancel")
def cancel_run(run_id: str) -> Response:
    """Cancel a run: one that waits at once, one at work at its next step."""
    run, caller, done = _seen(run_id), current_staff(), "cancelled"
    if not (_may_start(run) or caller.may(CANCELS_ALL)):
        raise Problem("not-permitted")
    if run.is_over:
        done = "over"
    else:
        cancel(run_id, caller.actor)
    return redirect(go_on(url_for(".show", run_id=run_id), done), 303)  # type: ignore[return-value]


@pages.get("/<id:run_id>/file")
@opens_its_own_units
def fetch_file(run_id: str) -> Response:
    """The file of a run, for whoever sent it."""
    with transaction(reading=True):
        run = _seen(run_id)
    return as_attachment(run_id, run.owner, frozenset({run.task}))


def _seen(run_id: str) -> TaskRun:
    """A run that the caller may see. Raises a 404."""
    return run_or_404(run_id, of=seen_by(current_staff()))


def _may_start(run: TaskRun) -> bool:
    """Whether the caller may start what this is a run of, for its unit, and so read what it reports."""
    from_here = startable(current_staff())
    task = from_here.get((run.owner, run.task))
    return task is not None and may_start(current_staff(), run.owner, task, run.args)


def words_of_runs() -> dict[str, Any]:
    """What templates say of runs."""
    return {
        "states": STATES,
        "tones": TONES,
        "note_of": note_of,
        "title_of": title_of,
        "stage_of": lambda run: Text.from_dict(run.stage) if run.stage else None,
        "core": CORE,
    }
