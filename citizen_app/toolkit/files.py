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

`judged(schema, values)` judges a row by the schema of the API, and refuses it with that schema's words. A
`Report` counts what became of the rows and says why some were rejected. `csv_file` makes a table that goes
out to a spreadsheet, `csv_answer` answers a page with it; `escape_formula` is for a text in another file.
"""

from urllib.parse import quote

from flask import Response

from citizen_app.sheets.archives import BROKEN_ARCHIVE, Archive, ArchiveRefused
from citizen_app.sheets.formulas import escape_formula
from citizen_app.sheets.judging import judged
from citizen_app.sheets.limits import ON_THE_COMMAND_LINE, FileUnreadable, Limits
from citizen_app.sheets.reading import Header, Row, RowRefused, Sheet, Titles, read_sheet
from citizen_app.sheets.report import ImportReportSchema, Rejected, Report, told
from citizen_app.sheets.writing import Cell, csv_file


def csv_answer(content: bytes, name: str) -> Response:
    """A page's answer that a browser saves under a name (RFC 6266)."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Cache-Control": "no-store",
    }
    return Response(content, content_type="text/csv; charset=utf-8", headers=headers)


__all__ = [
    "BROKEN_ARCHIVE",
    "ON_THE_COMMAND_LINE",
    "Archive",
    "ArchiveRefused",
    "Cell",
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
    "csv_answer",
    "csv_file",
    "escape_formula",
    "judged",
    "read_sheet",
    "told",
]
