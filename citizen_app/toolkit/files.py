"""Uploaded files: how a service reads them.

`read_sheet` finds the columns of a CSV or XLSX by their titles and gives its rows one by one, within stated
limits (`Limits`, `ON_THE_COMMAND_LINE`). It refuses a file with words (`FileUnreadable`, which a route with
`file_argument` answers as a 422), and it refuses to work while a unit of work is open: read first, then
write. `Archive` opens a zip and unpacks no more of it than was said (`ArchiveRefused`).

    @office.route("/branches/<id:branch_id>/readers", methods=["POST"])
    @file_argument(office, endings=(".csv", ".xlsx"), most_bytes=2 * 1024 * 1024)
    @office.response(200, ImportReportSchema)
    def take_readers(sent: UploadedFile, branch_id: str) -> dict[str, Any]:
        sheet = read_sheet(sent.stream, sent.name, COLUMNS, needed="number")
        readers = list(sheet.made(reader_of))   # or Rejected, for each row that reader_of refused
        with transaction():
            …

A `Report` counts what became of the rows and says why some were rejected. `escape_formula` is for text that
goes out to a spreadsheet.
"""

from citizen_app.sheets.archives import BROKEN_ARCHIVE, Archive, ArchiveRefused
from citizen_app.sheets.formulas import escape_formula
from citizen_app.sheets.limits import ON_THE_COMMAND_LINE, FileUnreadable, Limits
from citizen_app.sheets.reading import Header, Row, RowRefused, Sheet, Titles, read_sheet
from citizen_app.sheets.report import ImportReportSchema, Rejected, Report, told

__all__ = [
    "BROKEN_ARCHIVE",
    "ON_THE_COMMAND_LINE",
    "Archive",
    "ArchiveRefused",
    "FileUnreadable",
    "Header",
    "ImportReportSchema",
    "Limits",
    "Rejected",
    "Report",
    "Row",
    "RowRefused",
    "Sheet",
    "Titles",
    "escape_formula",
    "read_sheet",
    "told",
]
