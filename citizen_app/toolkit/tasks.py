"""Long work that staff of a service start: list `Task`s as `TASKS` in the module's `tasks.py`.

    def import_readers(progress: TaskProgress, file: OpenFile | None, args: Mapping[str, Any]) -> TaskReport:
        assert file is not None
        sheet = read_sheet(file.stream, file.name, COLUMNS, needed="number")
        progress.stage(Text("读取", "Reading"))
        readers = list(sheet.made(reader_of))
        progress.stage(Text("写入", "Storing"), len(readers))
        with progress.unit():
            for reader in readers:
                …
                progress.advance()
        return TaskReport.of_list(report, dry_run=args["dry_run"])

    TASKS = (
        Task(
            "import_readers",
            Text("导入读者", "Import readers"),
            import_readers,
            file=FileRule((".csv", ".xlsx"), 8 * 2**20),
            args=ImportArguments,
            unit=TaskUnit("branch_id", branches_to_choose),
        ),
    )

`unit` names the argument that says for which unit of the service a run is: then staff who operate some units
only start it for these, and see the runs of these. Without it a task is for operators of the whole service.

The core offers `POST /api/v1/services/<id>/tasks/<task>` (a form with the file, the rest in the
query), lists runs, tells their progress and report, and cancels them; the jobs process runs them, one after
the other. `progress.advance` and `progress.unit` end a task that was cancelled, or whose process stops: what
is in the unit is rolled back. A run whose process was killed starts again, so that what a task writes is seen
whole or not at all, and doing it twice does no harm. A file that cannot be read (`FileUnreadable`), or a
`Problem`, ends it as not taken, with these words. What it records in the audit log is recorded for whoever
started it.
"""

from citizen_app.files.reading import OpenFile
from citizen_app.tasks.contract import FileRule, Task, TaskReport, TaskUnit
from citizen_app.tasks.progress import TaskProgress, TaskStopped

__all__ = ["FileRule", "OpenFile", "Task", "TaskProgress", "TaskReport", "TaskStopped", "TaskUnit"]
